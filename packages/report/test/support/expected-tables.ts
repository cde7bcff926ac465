/**
 * The table that has to stand behind each chart: the figures of expected.ts, which are computed straight from
 * the runs, in the words of the page.
 */

import type { Arm, Section } from '../../src/model/arms.ts';
import { answered, bytes, count, duration, number, percent } from '../../src/model/format.ts';
import type { Results, Run } from '../../src/results.ts';
import { counted, expectedData, heatCells, type Series } from './expected.ts';

type Rows = readonly (readonly string[])[];
type Text = (value: number | null) => string;

interface XY {
  readonly x: unknown;
  readonly y: unknown;
}

/** Rows by the id of their chart. */
export function expectedTables(
  results: Results,
  sections: readonly Section[],
): ReadonlyMap<string, Rows> {
  const tables = new Map<string, Rows>();
  for (const [id, series] of expectedData(results, sections)) {
    const [sectionId = '', chart = ''] = id.split('--');
    const section = sections.find((one) => one.id === sectionId);
    if (section !== undefined) tables.set(id, rowsOf(section, chart, series));
  }
  return tables;
}

/** What a figure is written as, by its chart's name without a number at its end. */
const TEXTS: Readonly<Record<string, Text>> = {
  cpu: (us) => (us === null ? '—' : `${number(Number(us.toPrecision(3)))}\u00a0µs`),
  memory: bytes,
  attempts: (times) => (times === null ? '—' : `${number(Number(times.toPrecision(4)))}×`),
  backends: (share) => percent(share),
  errors: count,
  'errors-over-time': count,
  share: (share) => percent(share),
  'in-flight': short,
  queued: short,
};

function short(value: number | null): string {
  return value === null ? '—' : number(Number(value.toPrecision(3)));
}

function rowsOf(section: Section, chart: string, series: Series): Rows {
  const arms = section.arms.map((arm) => ({ ...arm, runs: counted(section, arm.runs) }));
  const name = chart.replace(/-\d+$/, '');
  const text = TEXTS[name] ?? duration;
  switch (name) {
    case 'percentiles':
      return arms.map((arm, i) => percentileRow(arm, series, i));
    case 'rounds':
      return arms.map((arm, i) => [arm.label, ...series.map(([, data]) => text(plain(data[i])))]);
    case 'cpu':
    case 'memory':
    case 'attempts':
      return arms.map((arm, i) => [arm.label, text(plain(series[0]![1][i]))]);
    case 'backends':
    case 'errors':
      return series.map(([label, data]) => [label, ...data.map((one) => text(plain(one)))]);
    case 'spectrum':
      return byPlace(
        series,
        text,
        ({ x }) => `p${number(Number((100 - 100 / value(x)).toFixed(3)))}`,
      );
    case 'response-simulated':
    case 'queueing-simulated':
      return byPlace(series.map(turned), text, ({ x }) => percent(value(x), 2));
    case 'heat':
      return heatRows(arms.find(({ label }) => label === series[0]![0])!.runs);
    case 'share':
    case 'in-flight':
    case 'queued':
      return byPlace(series, text, ({ x }) => `${number(value(x) / 1000)}\u00a0s`);
    default:
      return overTime(arms, series, text, name !== 'errors-over-time');
  }
}

/** The number within a matcher such as `expect.closeTo`. */
function plain(one: unknown): number | null {
  return typeof one === 'object' && one !== null
    ? (one as { sample: number }).sample
    : (one as null);
}

function value(one: unknown): number {
  return plain(one) ?? Number.NaN;
}

function turned([label, data]: Series[number]): Series[number] {
  return [label, (data as readonly XY[]).map(({ x, y }) => ({ x: y, y: x }))];
}

/** A row for each point of the longest series. */
function byPlace(series: Series, text: Text, first: (point: XY) => string): Rows {
  const [longest] = series.toSorted(([, x], [, y]) => y.length - x.length);
  return (longest![1] as readonly XY[]).map((point, i) => [
    first(point),
    ...series.map(([, data]) => text(plain((data[i] as XY | undefined)?.y ?? null))),
  ]);
}

function overTime(arms: readonly Arm[], series: Series, text: Text, withAnswered: boolean): Rows {
  const rows = arms.flatMap((arm, i) =>
    (series[i]![1] as readonly XY[]).map(({ x, y }) => ({
      x: value(x),
      cells: [
        duration(value(x)),
        arm.label,
        text(plain(y)),
        ...(withAnswered ? [answered(answeredAt(arm.runs, value(x)))] : []),
      ],
    })),
  );
  return rows.toSorted((one, other) => one.x - other.x).map(({ cells }) => cells);
}

function answeredAt(runs: readonly Run[], tMs: number): number {
  const own = runs
    .filter(({ valid }) => valid)
    .flatMap(({ timeline }) => timeline.filter((window) => window.tMs === tMs));
  const sum = (of: 'ok' | 'n') => own.reduce((total, window) => total + window[of], 0);
  return sum('ok') / sum('n');
}

/** Answered, mean, percentiles and maximum of an arm. */
function percentileRow({ label, runs }: Arm, series: Series, place: number): readonly string[] {
  const valid = runs.filter((run) => run.valid);
  const sum = (of: (run: Run) => number) => valid.reduce((total, run) => total + of(run), 0);
  const ok = sum(({ requests }) => requests.ok);
  const mean = sum(({ requests, latencyMs }) => requests.ok * latencyMs.mean!) / ok;
  const max = Math.max(...valid.map(({ latencyMs }) => latencyMs.max!));
  const percentiles = ['p50', 'p90', 'p99', 'p99.9'].map((name) => {
    const own = series.find(([percentile]) => percentile === name);
    return own === undefined ? null : plain(own[1][place]);
  });
  const times = [valid.length === 1 ? valid[0]!.latencyMs.mean : mean, ...percentiles, max];
  return [label, answered(ok / sum(({ requests }) => requests.sent)), ...times.map(duration)];
}

function heatRows(runs: readonly Run[]): Rows {
  const from = (cell: number) => duration(Number((2 ** (cell / 2) / 1000).toPrecision(2)));
  return heatCells(runs).map(({ tMs, cell, share }) => [
    duration(tMs),
    `${percent(share)} took ${from(cell)} to ${from(cell + 1)}`,
  ]);
}
