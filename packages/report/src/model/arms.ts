/**
 * Runs gathered into what a reader compares: a section is a scenario, live or simulated, and an arm
 * is a subject with a strategy in it, its valid rounds taken together.
 */

import { answeredShare, commonRounds } from '../figures.ts';
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
  /** What it is switched off and on by: the same for a strategy in every section. */
  readonly key: string;
  /** An arm that repeats another (A/A): drawn in the same colour, but hollow or dashed. */
  readonly repeat: boolean;
  readonly runs: readonly Run[];
  /** Valid runs, of the rounds in which the arms of a comparison were all valid. */
  readonly valid: readonly Run[];
  /** Sums over the valid runs. */
  readonly requests: RequestCounts;
  /** Share of these that were answered without an error; null of none. */
  readonly answered: number | null;
  /** Over the merged histograms of the valid runs. */
  readonly latency: Latency;
}

export interface Section {
  /** An HTML id: `one-slow`, and `one-slow-simulated` beside a live one. */
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
  // Runs of a live sweep have another load, and stand in its chart.
  const runs = results.runs.filter((run) => run.sweepLoad === undefined);
  const names = new Set([
    ...results.scenarios.map((scenario) => scenario.name),
    ...runs.map((run) => run.scenario),
  ]);
  const sections: Section[] = [];
  const ids = new Set(PAGE_IDS);
  for (const simulated of [false, true]) {
    for (const name of names) {
      const mine = runs.filter((run) => run.scenario === name);
      const own = mine.filter((run) => isSimulated(run) === simulated);
      if (own.length === 0) continue;
      const scenario = results.scenarios.find((one) => one.name === name) ?? null;
      const all = results.comparisons.filter((one) => one.scenario === name);
      const held = simulated ? [] : all.filter(isAgainstSimulator);
      const comparisons = all.filter(
        (one) => !isAgainstSimulator(one) && isSimulatedPair(one) === simulated,
      );
      const arms = armsOf(comparedRounds(own, comparisons), slots);
      sections.push({
        id: sectionId(name, simulated, ids),
        name,
        title: scenario?.title ?? name,
        simulated,
        scenario,
        arms,
        comparisons,
        simulator:
          held.length === 0
            ? null
            : { arms: armsOf(countedAlone(mine.filter(isSimulated)), slots), comparisons: held },
      });
    }
  }
  return sections;
}

/** What the page itself is made of. */
const PAGE_IDS = [
  'results',
  'charts',
  'parts',
  'theme',
  'figures',
  'matrix',
  'contents',
  'sweeps',
  'changes',
];

/** No id has two hyphens in a row, so that the ids of charts, which have, are their own. */
function sectionId(name: string, simulated: boolean, taken: Set<string>): string {
  const slug = name.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'scenario';
  const names = simulated ? [slug, `${slug}-simulated`] : [slug];
  let id = names.find((one) => !taken.has(one));
  for (let n = 2; id === undefined; n++) {
    const next = `${slug}-${n}`;
    id = taken.has(next) ? undefined : next;
  }
  taken.add(id);
  return id;
}

function isSimulatedPair(comparison: Comparison): boolean {
  return [comparison.a, comparison.b].every((arm) =>
    isSimulated({ subject: arm.slice(0, Math.max(0, arm.indexOf('/'))) }),
  );
}

/** Runs, and whether each counts among the others. */
interface Counted {
  readonly runs: readonly Run[];
  counts(run: Run): boolean;
}

function countedAlone(runs: readonly Run[]): Counted {
  return { runs, counts: ({ valid }) => valid };
}

/** Where arms are compared, their figures are of the rounds in which all of them were valid. */
function comparedRounds(runs: readonly Run[], comparisons: readonly Comparison[]): Counted {
  const [first] = comparisons;
  if (first === undefined) return countedAlone(runs);
  const { rounds, leftOut } = commonRounds(runs, first.b);
  const counts = (run: Run): boolean =>
    run.valid && (rounds.has(run.round) || leftOut.has(armOf(run)));
  return { runs, counts };
}

function armsOf({ runs, counts }: Counted, slots: Slots): readonly Arm[] {
  const groups = Map.groupBy(runs, armOf);
  const subjects = [...new Set(runs.map((run) => run.subject))].sort(evenkeelFirst);
  const arms = [...groups].map(([id, group]) =>
    armFrom({ id, runs: group, valid: group.filter(counts) }, subjects.length > 1, slots),
  );
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

function armFrom(
  { id, runs, valid }: Pick<Arm, 'id' | 'runs' | 'valid'>,
  withSubject: boolean,
  slots: Slots,
): Arm {
  const { subject, strategy } = runs[0] as Run;
  const requests = sumRequests(valid);
  const base = baseStrategy(strategy);
  const name = base === strategy ? strategy : `${base} (again)`;
  return {
    id,
    subject,
    strategy,
    label: withSubject ? `${subject} ${name}` : name,
    slot: slots.get(slotKey({ subject, strategy })) ?? 0,
    key: slotKey({ subject, strategy }),
    repeat: base !== strategy,
    runs,
    valid,
    requests,
    answered: answeredShare(requests),
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
