/** What became of the requests, over the rounds and in every run by itself. */

import { answeredShare, isMostlyAnswered } from '../figures.ts';
import { errorTotal } from '../laws.ts';
import type { Arm, Section } from '../model/arms.ts';
import { answered, bytes, count, duration, number, rate, UNKNOWN } from '../model/format.ts';
import type { RequestCounts, Run } from '../results.ts';
import { badge } from './header.ts';
import { type Content, type Html, html } from './html.ts';
import { swatch, table } from './table.ts';

interface Column {
  readonly head: string;
  readonly cell: (runs: readonly Run[], requests: RequestCounts) => Content;
}

const COLUMNS: readonly Column[] = [
  { head: 'sent', cell: (_, requests) => count(requests.sent) },
  { head: 'ok', cell: (_, requests) => count(requests.ok) },
  { head: 'answered', cell: (_, requests) => answered(answeredShare(requests)) },
  { head: 'errors', cell: (_, requests) => alarming(errorTotal(requests)) },
  { head: 'lost', cell: (_, requests) => alarming(requests.lost) },
  {
    head: 'served twice',
    cell: (runs) =>
      runs.every(({ posts }) => posts === 0)
        ? 'no POST'
        : alarming(knownSum(runs.map((run) => run.servedTwice))),
  },
  {
    head: 'attempts',
    cell: (runs) =>
      `${runs.some((run) => run.attemptsAtLeast) ? 'at least ' : ''}${count(knownSum(runs.map((run) => run.attempts)))}`,
  },
  { head: 'retries', cell: (runs) => count(knownSum(runs.map((run) => run.retries))) },
  { head: 'back within objectives', cell: backWithin },
  { head: 'recovered after', cell: (runs) => duration(greatest(runs.map((run) => run.recoverMs))) },
  { head: 'ok/s', cell: (runs) => rate(knownMean(runs.map((run) => run.throughput))) },
  {
    head: 'CPU/request',
    cell: (runs) => cpuTime(knownMean(runs.map((run) => run.cpuUsPerRequest))),
  },
  { head: 'memory', cell: (runs) => bytes(greatest(runs.map((run) => run.rssBytes))) },
];

/** While the first fault lasted; nothing is said of runs that no fault drove out of them. */
function backWithin(runs: readonly Run[]): string {
  const faulty = runs.filter(({ faults }) => faults.length > 0);
  if (faulty.length > 0 && faulty.every(({ neverOut }) => neverOut)) return 'never out';
  return duration(greatest(runs.map((run) => run.detectMs)));
}

/** Sums over the valid runs; a column of which nothing is known is left out. */
export function outcomeTable(section: Section): Html {
  const { arms } = section;
  const columns = COLUMNS.map(({ head, cell }) => ({
    head,
    cells: arms.map((arm) => (arm.valid.length === 0 ? UNKNOWN : cell(arm.valid, arm.requests))),
  })).filter(({ cells }) => cells.some((cell) => cell !== UNKNOWN));
  return html`<h4>What became of the requests</h4>
${table({
  caption: 'Outcomes over the valid runs',
  of: section.id,
  head: ['strategy', 'rounds', ...columns.map(({ head }) => head)],
  rows: arms.map((arm, i) => [
    html`${swatch(arm.slot, arm.repeat)}${arm.label}`,
    roundsOf(arm),
    ...columns.map(({ cells }) => cells[i]),
  ]),
})}`;
}

function roundsOf({ valid, runs }: Arm): Content {
  return valid.length === runs.length ? runs.length : `${valid.length} of ${runs.length}`;
}

function cpuTime(us: number | null): string {
  return us === null ? UNKNOWN : `${number(Number(us.toPrecision(3)))}\u00a0µs`;
}

function alarming(value: number | null): Content {
  return value !== null && value > 0
    ? html`<strong class="bad">${count(value)}</strong>`
    : count(value);
}

/** Null as soon as one part is not known: a sum of the rest would pass for the whole. */
function knownSum(values: readonly (number | null)[]): number | null {
  return values.reduce((sum, value) => (sum === null || value === null ? null : sum + value), 0);
}

function knownMean(values: readonly (number | null)[]): number | null {
  const sum = knownSum(values);
  return sum === null ? null : sum / values.length;
}

function greatest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** Every run by itself, in the order of time. */
export function runTable(section: Section): Html {
  const rows = section.arms
    .flatMap((arm) => arm.runs.map((run) => ({ arm, run })))
    .sort((x, y) => x.run.startedMs - y.run.startedMs || x.run.order - y.run.order);
  return html`<details class="fold"><summary>Every run (${rows.length})</summary>
${table({
  caption: 'Every run',
  of: section.id,
  prose: [5],
  head: [
    'strategy',
    'round',
    'order',
    'seed',
    'started',
    'counted',
    'sent',
    'ok',
    'errors',
    'lost',
    'answered',
    'p50',
    'p99',
  ],
  rows: rows.map(({ arm, run }) => [arm.label, ...runCells(run)]),
  quiet: rows.map(({ run }) => !isMostlyAnswered(run.requests)),
})}</details>`;
}

function runCells(run: Run): readonly Content[] {
  const { requests, latencyMs } = run;
  return [
    run.round,
    run.order,
    run.seed,
    duration(Math.round(run.startedMs)),
    run.valid ? badge('pass', 'valid') : badge('unknown', 'void'),
    count(requests.sent),
    count(requests.ok),
    count(errorTotal(requests)),
    count(requests.lost),
    answered(answeredShare(requests)),
    duration(latencyMs.p50),
    duration(latencyMs.p99),
  ];
}
