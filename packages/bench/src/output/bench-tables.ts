/** The end of a bench on the terminal: a verdict table per compared scenario, counts per time line. */

import {
  armOf,
  type Comparison,
  errorTotal,
  mergeHistograms,
  percentileOrNull,
  type Run,
  type Sweep,
} from '@evenkeel/report';
import { mergedFigure } from '../compare/jackknife.ts';
import { type Cell, formatCount, formatMs, left, renderTable, right } from './table.ts';

const GREEN = 32;
const RED = 31;
const YELLOW = 33;
const DIM = 2;
const BOLD = 1;

/** Who could only have told a factor of more than two apart has told nothing. */
const WORTH_SAYING = 1;

/** Percentiles over all valid rounds of each arm, and what may be concluded from them. */
export function comparisonTable(
  arms: readonly string[],
  runs: readonly Run[],
  comparisons: readonly Comparison[],
  colour: boolean,
): string[] {
  const [reference = ''] = arms;
  const metric = comparisons[0]?.metric ?? 'p99';
  const perSecond = metric === 'throughput';
  const rate = perSecond ? ['ok/s'] : [];
  const header = ['arm', 'rounds', ...rate, 'p50', 'p90', 'p99', 'p99.9', 'µs CPU', 'errors'];
  const against = `${metric} against ${shortName(reference, runs)}`;
  const rows: Cell[][] = [
    [
      ...header.map((text, i) => (i === 0 ? left(text, DIM) : right(text, DIM))),
      left(against, DIM),
      left('verdict', DIM),
    ],
  ];
  for (const arm of arms) {
    const mine = runs.filter((run) => armOf(run) === arm);
    const comparison = comparisons.find(({ a }) => a === arm);
    rows.push([
      ...figures(shortName(arm, runs), mine, perSecond),
      ...conclusion(comparison, arm === reference),
    ]);
  }
  return renderTable(rows, colour);
}

/** The subject is named only where there are several. */
function shortName(arm: string, runs: readonly Run[]): string {
  const subjects = new Set(runs.map(({ subject }) => subject));
  return subjects.size > 1 ? arm : arm.slice(arm.indexOf('/') + 1);
}

function figures(name: string, runs: readonly Run[], perSecond: boolean): Cell[] {
  const valid = runs.filter(({ valid: isValid }) => isValid);
  const merged = mergeHistograms(valid.map(({ histogram }) => histogram));
  const at = (p: number): Cell => right(formatMs(percentileOrNull(merged, p)));
  const cpu = valid.map((run) => run.cpuUsPerRequest).filter((us) => us !== null);
  const throughput = meanText(valid.map((run) => run.throughput));
  const errors = runs.reduce((sum, { requests }) => sum + errorTotal(requests) + requests.lost, 0);
  const rounds =
    valid.length === runs.length ? `${runs.length}` : `${valid.length} of ${runs.length}`;
  return [
    left(name, BOLD),
    right(rounds, valid.length === runs.length ? undefined : YELLOW),
    ...(perSecond ? [right(throughput)] : []),
    at(0.5),
    at(0.9),
    at(0.99),
    at(0.999),
    right(meanText(cpu)),
    right(String(errors), errors > 0 ? RED : undefined),
  ];
}

function meanText(values: readonly number[]): string {
  if (values.length === 0) return '–';
  return (values.reduce((a, b) => a + b, 0) / values.length).toFixed(0);
}

function conclusion(comparison: Comparison | undefined, isReference: boolean): Cell[] {
  if (isReference) return [left('reference', DIM)];
  if (comparison === undefined || comparison.ratio === null)
    return [left('–', DIM), left('no valid rounds', YELLOW)];
  const { ratio, low, high, verdict, detectable } = comparison;
  const interval =
    low === null || high === null ? '' : `  (${low.toFixed(2)} … ${high.toFixed(2)})`;
  const words: Record<Comparison['verdict'], [string, number]> = {
    a: ['better', GREEN],
    b: ['worse', RED],
    tie: ['tie', DIM],
    unresolved: [unresolvedText(detectable), YELLOW],
  };
  const [text, sgr] = words[verdict];
  return [left(`× ${ratio.toFixed(2)}${interval}`), left(text, sgr)];
}

function unresolvedText(detectable: number | null): string {
  if (detectable === null) return 'unresolved (too few rounds)';
  if (detectable > WORTH_SAYING) return 'unresolved (too noisy to tell)';
  return `unresolved (would have seen ${(detectable * 100).toFixed(0)} %)`;
}

/** What happened to the requests of each arm's time line; nothing is concluded from one. */
export function timelineTable(runs: readonly Run[], colour: boolean): string[] {
  const header = [
    'arm',
    'sent',
    'ok',
    'errors',
    'lost',
    'retries',
    'POST twice',
    'p90',
    'max',
    'notice',
    'recover',
  ];
  const rows: Cell[][] = [header.map((text, i) => (i === 0 ? left(text, DIM) : right(text, DIM)))];
  for (const run of runs) {
    const { requests, latencyMs } = run;
    const errors = errorTotal(requests);
    rows.push([
      left(shortName(armOf(run), runs), BOLD),
      right(String(requests.sent)),
      right(String(requests.ok)),
      right(String(errors), errors > 0 ? RED : GREEN),
      right(String(requests.lost), requests.lost > 0 ? RED : GREEN),
      right(formatCount(run.retries)),
      right(formatCount(run.servedTwice), (run.servedTwice ?? 0) > 0 ? RED : undefined),
      right(formatMs(latencyMs.p90)),
      right(formatMs(latencyMs.max)),
      right(formatMs(run.detectMs)),
      right(formatMs(run.recoverMs)),
      ...(run.valid ? [] : [left(`void: ${run.void ?? ''}`, YELLOW)]),
    ]);
  }
  return renderTable(rows, colour);
}

/** The simulator's p99 by scenario and strategy; the full figures are in the report. */
export function simulatedTable(
  runs: readonly Run[],
  strategies: readonly string[],
  colour: boolean,
): string[] {
  const rows: Cell[][] = [[left('p99', DIM), ...strategies.map((name) => right(name, DIM))]];
  for (const scenario of new Set(runs.map((run) => run.scenario))) {
    const cells = strategies.map((strategy) => {
      const run = runs.find((one) => one.scenario === scenario && one.strategy === strategy);
      return right(formatMs(run?.latencyMs.p99 ?? null));
    });
    rows.push([left(scenario, BOLD), ...cells]);
  }
  return renderTable(rows, colour);
}

/** Live and simulated figures over all valid rounds, and how far apart they are. */
export function simulatorTable(
  comparisons: readonly Comparison[],
  runs: readonly Run[],
  colour: boolean,
): string[] {
  const words: Record<Comparison['verdict'], [string, number]> = {
    tie: ['agrees', GREEN],
    a: ['differs', RED],
    b: ['differs', RED],
    unresolved: ['does not surely agree', YELLOW],
  };
  const header = ['live', 'simulated', 'figure', 'live', 'simulated', 'ratio'];
  const rows = comparisons.map(
    ({ scenario, of = 'response', a, b, metric, ratio, low, high, verdict }) => {
      // Both sides over the rounds that were valid live, as the ratio is.
      const mine = runs.filter((run) => run.scenario === scenario);
      const rounds = mine.filter((run) => run.valid && armOf(run) === b).map(({ round }) => round);
      const paired = mine.filter(({ round }) => rounds.includes(round));
      const figureOf = (arm: string): Cell => {
        const own = paired.filter((run) => armOf(run) === arm);
        return right(formatMs(mergedFigure(own, of, metric)));
      };
      return [
        left(b, BOLD),
        left(a),
        left(`${of} ${metric}`),
        figureOf(b),
        figureOf(a),
        left(ratio === null ? '–' : `× ${ratio.toFixed(2)}`),
        left(low === null || high === null ? '' : `(${low.toFixed(2)} … ${high.toFixed(2)})`),
        left(...words[verdict]),
      ];
    },
  );
  return renderTable([header.map((text) => left(text, DIM)), ...rows], colour);
}

/** Mean response by strategy and load. */
export function sweepTable({ points }: Sweep, colour: boolean): string[] {
  const loads = [...new Set(points.map(({ load }) => load))];
  const header = [left('load', DIM), ...loads.map((load) => right(load.toFixed(2), DIM))];
  const rows: Cell[][] = [header];
  for (const strategy of new Set(points.map((point) => point.strategy))) {
    const cells = loads.map((load) => {
      const point = points.find((one) => one.strategy === strategy && one.load === load);
      return right(formatMs(point?.mean ?? null));
    });
    rows.push([left(strategy, BOLD), ...cells]);
  }
  return renderTable(rows, colour);
}
