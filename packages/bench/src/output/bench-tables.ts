/**
 * The end of a bench on the terminal: a table per compared scenario, counts per time line. Beside
 * every latency stands what share was answered; below 99.9 % the latencies are dimmed.
 */

import {
  armOf,
  type Cell,
  type Column,
  type Comparison,
  commonRounds,
  errorTotal,
  format,
  isMostlyAnswered,
  left,
  pooledLatency,
  type Run,
  renderColumns,
  right,
  SGR,
  shortName,
  sumRequests,
  TEXT_WIDTH,
} from '@evenkeel/report';
import { answeredCell, ms } from './cells.ts';

/** A run that could only have told a factor of more than two apart has told nothing. */
const WORTH_SAYING = 1;

const VERDICTS: Readonly<Record<Comparison['verdict'], readonly [string, number]>> = {
  a: ['better', SGR.green],
  b: ['worse', SGR.red],
  tie: ['tie', SGR.dim],
  unresolved: ['open', SGR.yellow],
};

/** Figures over the rounds that are compared, and what may be concluded from them. */
export function comparisonTable(
  arms: readonly string[],
  runs: readonly Run[],
  comparisons: readonly Comparison[],
  colour: boolean,
): string[] {
  const [reference = ''] = arms;
  const metric = comparisons[0]?.metric ?? 'p99';
  const common = commonRounds(runs, reference);
  const counted = arms.map((arm) =>
    runs.filter((run) => {
      const mine = armOf(run) === arm && run.valid;
      return mine && (common.leftOut.has(arm) || common.rounds.has(run.round));
    }),
  );
  const against = arms.map((arm) => comparisons.find(({ a }) => a === arm));
  const short = (arm: string): string => shortName(arm, arms);
  const columns: Column[] = [
    { head: 'arm', cells: arms.map((arm) => left(short(arm), SGR.bold)) },
    ...(metric === 'throughput'
      ? [
          {
            head: 'ok/s',
            cells: counted.map((mine) => right(meanOf(mine, (run) => run.throughput))),
          },
        ]
      : []),
    ...latencyColumns(counted),
    {
      head: 'CPU µs',
      keep: 1,
      cells: counted.map((mine) => right(meanOf(mine, (run) => run.cpuUsPerRequest))),
    },
    {
      head: `${metric} × ${short(reference)}`,
      cells: arms.map((arm, i) => ratioCell(against[i], arm === reference)),
    },
    {
      head: 'verdict',
      cells: arms.map((arm, i) => verdictCell(against[i], arm === reference)),
    },
  ];
  const lines = renderColumns(columns, TEXT_WIDTH, colour);
  return [...lines, ...remarks(arms, runs, common.rounds.size, comparisons, short)];
}

/** Share answered and percentiles of the answers, in ms. */
function latencyColumns(counted: readonly (readonly Run[])[]): Column[] {
  const all = counted.map((mine) => {
    const requests = sumRequests(mine);
    return { requests, latency: pooledLatency(mine) };
  });
  const at = (key: 'p50' | 'p90' | 'p99' | 'p999', head: string, keep?: number): Column => ({
    head,
    keep,
    cells: all.map(({ requests, latency }) =>
      right(ms(latency[key]), isMostlyAnswered(requests) ? undefined : SGR.dim),
    ),
  });
  return [
    { head: 'answered', cells: all.map(({ requests }) => answeredCell(requests)) },
    at('p50', 'p50 ms'),
    at('p90', 'p90', 0),
    at('p99', 'p99'),
    at('p999', 'p99.9', 2),
  ];
}

/** `–` where it is not known of every run. */
function meanOf(runs: readonly Run[], of: (run: Run) => number | null): string {
  const known = runs.map(of).filter((value) => value !== null);
  if (known.length === 0) return format.UNKNOWN;
  return format.count(known.reduce((a, b) => a + b, 0) / known.length);
}

function ratioCell(comparison: Comparison | undefined, isReference: boolean): Cell {
  if (isReference) return left('reference', SGR.dim);
  if (comparison === undefined || comparison.ratio === null) return left(format.UNKNOWN, SGR.dim);
  const { ratio, low, high, adjustedLow = low, adjustedHigh = high } = comparison;
  const interval =
    adjustedLow === null || adjustedHigh === null
      ? ''
      : ` (${adjustedLow.toFixed(2)}–${adjustedHigh.toFixed(2)})`;
  return left(`${ratio.toFixed(2)}${interval}`);
}

function verdictCell(comparison: Comparison | undefined, isReference: boolean): Cell {
  if (isReference || comparison === undefined) return left('');
  return left(...VERDICTS[comparison.verdict]);
}

/** What the table has no room for: rounds that were left out, reasons, and what more rounds would tell. */
function remarks(
  arms: readonly string[],
  runs: readonly Run[],
  common: number,
  comparisons: readonly Comparison[],
  short: (arm: string) => string,
): string[] {
  const rounds = new Set(runs.map(({ round }) => round)).size;
  const lines: string[] = [];
  if (arms.length > 1 && common < rounds) {
    lines.push(`  of ${rounds} rounds, ${common} were valid for all arms that are compared`);
  }
  for (const one of comparisons) {
    const text = one.reason ?? (one.verdict === 'unresolved' ? openText(one) : undefined);
    if (text !== undefined) lines.push(`  ${short(one.a)}: ${text}`);
  }
  const [first] = comparisons;
  if (first?.wanted !== undefined) {
    lines.push(`  too few samples for ${first.wanted}: compared at ${first.metric}`);
  }
  return lines;
}

/** What an unresolved comparison could have seen, and how to see more. */
export function openText({ detectable, roundsForTenPercent }: Comparison): string {
  if (detectable === null) return 'too few rounds to tell';
  const seen =
    detectable > WORTH_SAYING
      ? 'too noisy to tell'
      : `would have seen a difference of ${(detectable * 100).toFixed(0)} %`;
  if (roundsForTenPercent == null) return seen;
  return `${seen}; to see 10 % at this noise take ${format.counted(roundsForTenPercent, 'round')}`;
}

/** What happened to the requests of each arm's time line; nothing is concluded from one. */
export function timelineTable(runs: readonly Run[], colour: boolean): string[] {
  const arms = runs.map(armOf);
  const count = (head: string, of: (run: Run) => number | null, keep?: number): Column => ({
    head,
    keep,
    cells: runs.map((run) => right(format.count(of(run)))),
  });
  const alarming = (head: string, of: (run: Run) => number): Column => ({
    head,
    cells: runs.map((run) => right(format.count(of(run)), of(run) > 0 ? SGR.red : SGR.green)),
  });
  const time = (head: string, text: (run: Run) => string, keep?: number): Column => ({
    head,
    keep,
    cells: runs.map((run) =>
      right(text(run), isMostlyAnswered(run.requests) ? undefined : SGR.dim),
    ),
  });
  const columns: Column[] = [
    { head: 'arm', cells: arms.map((arm) => left(shortName(arm, arms), SGR.bold)) },
    count('sent', ({ requests }) => requests.sent),
    { head: 'answered', cells: runs.map(({ requests }) => answeredCell(requests)) },
    alarming('errors', ({ requests }) => errorTotal(requests)),
    alarming('lost', ({ requests }) => requests.lost),
    count('retries', ({ retries }) => retries, 0),
    { head: 'POST twice', cells: runs.map(servedTwiceCell) },
    time('p90 ms', ({ latencyMs }) => ms(latencyMs.p90), 1),
    time('max ms', ({ latencyMs }) => ms(latencyMs.max), 2),
    time('back within', backWithin),
    time('recovered', ({ recoverMs }) => format.duration(recoverMs)),
  ];
  const voids = runs.flatMap((run) =>
    run.valid ? [] : [`  ${shortName(armOf(run), arms)}: void: ${run.void ?? ''}`],
  );
  return [...renderColumns(columns, TEXT_WIDTH, colour), ...voids];
}

/** When a run was back within its objectives while the fault lasted. */
export function backWithin({ detectMs, neverOut }: Pick<Run, 'detectMs' | 'neverOut'>): string {
  return neverOut ? 'never out' : format.duration(detectMs);
}

function servedTwiceCell({ servedTwice, posts }: Run): Cell {
  if (posts === 0) return right('no POST', SGR.dim);
  return right(format.count(servedTwice), (servedTwice ?? 0) > 0 ? SGR.red : undefined);
}
