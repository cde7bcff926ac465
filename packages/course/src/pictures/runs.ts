/** Simulated runs, as pictures need them. */

import { type StrategyFactory, strategyNamed } from '@evenkeel/core';
import type { RequestWindow } from '@evenkeel/core/stats';
import {
  checkScenario,
  type SimulationOptions,
  type SimulationResult,
  simulate,
} from '@evenkeel/sim/engine';
import type { Lane, Span } from './svg.ts';

/** A scenario as it would stand in a file, without name and title. */
export type ScenarioText = Record<string, unknown>;

export function scenarioOf(text: ScenarioText): ReturnType<typeof checkScenario> {
  return checkScenario({ name: 'picture', title: 'picture', seed: 7, ...text }, 'picture');
}

export function strategy(name: string): StrategyFactory {
  return strategyNamed(name).create();
}

export function run(
  text: ScenarioText,
  factory: StrategyFactory,
  options: Partial<SimulationOptions> = {},
): SimulationResult {
  return simulate({ scenario: scenarioOf(text), strategy: factory, ...options });
}

const BUSY = 0;
const FAILED = 1;

/** When each backend was busy with which request: from the trace. Failed attempts have another colour. */
export function busyLanes(
  text: ScenarioText,
  factory: StrategyFactory,
  names: readonly string[],
): Lane[] {
  const spans = new Map<string, Span[]>(names.map((name) => [name, []]));
  const begun = new Map<string, number>();
  run(text, factory, {
    trace: (line) => {
      const attempt = /^([\d.]+) attempt (\d+) at (\S+)/.exec(line);
      if (attempt) begun.set(`${attempt[2]} ${attempt[3]}`, Number(attempt[1]));
      const ended = /^([\d.]+) ended (\d+) at (\S+) (\S+)/.exec(line);
      if (ended === null) return;
      const fromMs = begun.get(`${ended[2]} ${ended[3]}`) ?? 0;
      const colour = ended[4] === 'answered' ? BUSY : FAILED;
      spans.get(ended[3] ?? '')?.push({ fromMs, toMs: Number(ended[1]), colour });
    },
  });
  return names.map((name) => ({ name, spans: spans.get(name) ?? [] }));
}

type Points = (readonly [number, number])[];

/** A figure of each window of half a second; x in seconds. */
export function perSecond(text: ScenarioText, of: (window: RequestWindow) => number): Points {
  const { timeline } = run(text, strategy('round-robin'), { timeline: true });
  return timeline.map((window) => [window.tMs / 1000, of(window)]);
}

/** Times of all attempts, with their backend. */
function attemptsOf(text: ScenarioText): { readonly atMs: number; readonly backend: string }[] {
  const found: { readonly atMs: number; readonly backend: string }[] = [];
  run(text, strategy('round-robin'), {
    trace: (line) => {
      const attempt = /^([\d.]+) attempt \d+ at (\S+)/.exec(line);
      if (attempt) found.push({ atMs: Number(attempt[1]), backend: attempt[2] ?? '' });
    },
  });
  return found;
}

export function attemptsPerSecond(text: ScenarioText, seconds: number): Points {
  const attempts = attemptsOf(text);
  return Array.from({ length: seconds }, (_, second) => [
    second,
    attempts.filter(({ atMs }) => Math.floor(atMs / 1000) === second).length,
  ]);
}

/** One backend's share of the attempts of each second, in percent. */
export function shareOf(text: ScenarioText, backend: string, seconds: number): Points {
  const attempts = attemptsOf(text);
  return Array.from({ length: seconds }, (_, second) => {
    const all = attempts.filter(({ atMs }) => Math.floor(atMs / 1000) === second);
    const mine = all.filter((attempt) => attempt.backend === backend);
    return [second, (100 * mine.length) / Math.max(1, all.length)];
  });
}

/** When the balancer kept a backend out. */
export function outSpans(text: ScenarioText, backend: string, untilMs: number): Span[] {
  const { events } = run(text, strategy('round-robin'));
  const spans: Span[] = [];
  let outMs: number | undefined;
  for (const { endpoint, to, atMs } of events) {
    if (endpoint !== backend) continue;
    if (to === 'down') outMs ??= atMs;
    else if (to === 'ready' && outMs !== undefined) {
      spans.push({ fromMs: outMs, toMs: atMs, colour: FAILED });
      outMs = undefined;
    }
  }
  if (outMs !== undefined) spans.push({ fromMs: outMs, toMs: untilMs, colour: FAILED });
  return spans;
}
