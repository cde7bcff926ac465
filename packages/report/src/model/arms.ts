/**
 * Runs gathered into what a reader compares: a section is a scenario, live or simulated, and an arm
 * is a subject with a strategy in it, its valid rounds taken together.
 */

import { mergeHistograms, percentileOrNull } from '../histogram.ts';
import { armOf, isAgainstSimulator, isSimulated, timesOf } from '../laws.ts';
import {
  type Comparison,
  ERROR_CAUSES,
  type ErrorCause,
  type Latency,
  type RequestCounts,
  type Results,
  type Run,
  type ScenarioSummary,
  type TimesOf,
} from '../results.ts';
import { assignSlots, baseStrategy, type Slots, slotKey } from './slots.ts';

export interface Arm {
  /** As `armOf` names it. */
  readonly id: string;
  readonly subject: string;
  readonly strategy: string;
  /** The strategy's name, with its subject's where a section has several. */
  readonly label: string;
  readonly slot: number;
  /** An arm that repeats another (A/A): drawn in the same colour, but hollow or dashed. */
  readonly repeat: boolean;
  readonly runs: readonly Run[];
  readonly valid: readonly Run[];
  /** Sums over the valid runs. */
  readonly requests: RequestCounts;
  /** Over the merged histograms of the valid runs. */
  readonly latency: Latency;
}

export interface Section {
  /** An HTML id. */
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly simulated: boolean;
  /** Null where runs name a scenario that the file does not describe. */
  readonly scenario: ScenarioSummary | null;
  readonly arms: readonly Arm[];
  readonly comparisons: readonly Comparison[];
  /** What the simulator made of the same requests; null where it was not held against a live run. */
  readonly simulator: Simulator | null;
}

/** The simulator beside a live scenario. */
export interface Simulator {
  readonly arms: readonly Arm[];
  /** With a: simulated, b: live. */
  readonly comparisons: readonly Comparison[];
}

/** Live sections first, in the order of the file's scenarios; each run is in exactly one. */
export function sectionsOf(results: Results): readonly Section[] {
  const slots = assignSlots(results);
  const names = new Set([
    ...results.scenarios.map((scenario) => scenario.name),
    ...results.runs.map((run) => run.scenario),
  ]);
  const sections: Section[] = [];
  for (const simulated of [false, true]) {
    for (const name of names) {
      const mine = results.runs.filter((run) => run.scenario === name);
      const arms = armsOf(
        mine.filter((run) => isSimulated(run) === simulated),
        slots,
      );
      if (arms.length === 0) continue;
      const scenario = results.scenarios.find((one) => one.name === name) ?? null;
      const all = results.comparisons.filter((one) => one.scenario === name);
      const held = simulated ? [] : all.filter(isAgainstSimulator);
      sections.push({
        id: `${simulated ? 'simulated' : 'live'}-${sections.length + 1}`,
        name,
        title: scenario?.title ?? name,
        simulated,
        scenario,
        arms,
        comparisons: all.filter(
          (one) => !isAgainstSimulator(one) && isSimulatedPair(one) === simulated,
        ),
        simulator:
          held.length === 0
            ? null
            : { arms: armsOf(mine.filter(isSimulated), slots), comparisons: held },
      });
    }
  }
  return sections;
}

function isSimulatedPair(comparison: Comparison): boolean {
  return [comparison.a, comparison.b].every((arm) =>
    isSimulated({ subject: arm.slice(0, Math.max(0, arm.indexOf('/'))) }),
  );
}

function armsOf(runs: readonly Run[], slots: Slots): readonly Arm[] {
  const groups = Map.groupBy(runs, armOf);
  const subjects = [...new Set(runs.map((run) => run.subject))].sort(evenkeelFirst);
  const arms = [...groups].map(([id, group]) => armFrom(id, group, subjects.length > 1, slots));
  // Rounds draw the order of their arms; a report that is read twice should not.
  return arms.sort(
    (x, y) =>
      subjects.indexOf(x.subject) - subjects.indexOf(y.subject) ||
      x.slot - y.slot ||
      x.id.localeCompare(y.id, 'en'),
  );
}

function evenkeelFirst(x: string, y: string): number {
  if (x === y) return 0;
  if (x === 'evenkeel') return -1;
  return y === 'evenkeel' ? 1 : x.localeCompare(y, 'en');
}

function armFrom(id: string, runs: readonly Run[], withSubject: boolean, slots: Slots): Arm {
  const { subject, strategy } = runs[0] as Run;
  const valid = runs.filter((run) => run.valid);
  const base = baseStrategy(strategy);
  const name = base === strategy ? strategy : `${base} (again)`;
  return {
    id,
    subject,
    strategy,
    label: withSubject ? `${subject} ${name}` : name,
    slot: slots.get(slotKey({ subject, strategy })) ?? 0,
    repeat: base !== strategy,
    runs,
    valid,
    requests: sumRequests(valid),
    latency: pooledLatency(valid),
  };
}

/** Adds up what was sent and what became of it. */
export function sumRequests(runs: readonly Run[]): RequestCounts {
  const sum = (of: (requests: RequestCounts) => number) =>
    runs.reduce((total, run) => total + of(run.requests), 0);
  const errors = Object.fromEntries(
    ERROR_CAUSES.map((cause) => [cause, sum((requests) => requests.errors[cause])]),
  ) as Record<ErrorCause, number>;
  return {
    sent: sum((requests) => requests.sent),
    ok: sum((requests) => requests.ok),
    errors,
    lost: sum((requests) => requests.lost),
  };
}

/** One run's own figures, or those of several runs' merged histograms. */
export function pooledLatency(runs: readonly Run[], of: TimesOf = 'response'): Latency {
  const all = runs.flatMap((run) => {
    const times = timesOf(run, of);
    return times === undefined ? [] : [{ ...times, ok: run.requests.ok }];
  });
  const [first, ...others] = all;
  if (first !== undefined && others.length === 0) return first.latencyMs;
  const merged = mergeHistograms(all.map(({ histogram }) => histogram));
  const answered = all.filter(({ latencyMs }) => latencyMs.mean !== null);
  const ok = answered.reduce((sum, one) => sum + one.ok, 0);
  const totalMs = answered.reduce((sum, one) => sum + one.ok * (one.latencyMs.mean ?? 0), 0);
  const maxima = all.map(({ latencyMs }) => latencyMs.max).filter((max) => max !== null);
  return {
    mean: ok === 0 ? null : totalMs / ok,
    p50: percentileOrNull(merged, 0.5),
    p90: percentileOrNull(merged, 0.9),
    p99: percentileOrNull(merged, 0.99),
    p999: percentileOrNull(merged, 0.999),
    max: maxima.length === 0 ? null : Math.max(...maxima),
  };
}
