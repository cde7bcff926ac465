/** Simulated runs, as pictures need them. */

import { type StrategyFactory, strategyNamed } from '@evenkeel/core';
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
