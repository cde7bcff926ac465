/**
 * What each chart has to show, computed from the results by another way than the page's: straight
 * from the runs, with sorted samples of merged histograms in place of the model's pooling.
 */

import { build, decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { expect } from 'vitest';
import type { Arm, Section } from '../../src/model/arms.ts';
import { type Results, type Run, SIMULATED } from '../../src/results.ts';

/** Label and figures of each series. */
export type Series = readonly (readonly [label: string, data: readonly unknown[]])[];

const PERCENTILES = [
  ['p50', 'p50', 50, 20],
  ['p90', 'p90', 90, 100],
  ['p99', 'p99', 99, 1000],
  ['p99.9', 'p999', 99.9, 10_000],
] as const;

/** Series by the id of their chart. */
export function expectedData(
  results: Results,
  sections: readonly Section[],
): ReadonlyMap<string, Series> {
  const charts = new Map<string, Series>();
  for (const section of sections) {
    const { id } = section;
    const arms = section.arms.map((arm) => ({ ...arm, runs: counted(section, arm.runs) }));
    for (const of of ['response', 'queueing'] as const) {
      if (section.simulator) charts.set(`${id}--${of}-simulated`, overlaid(section, of));
    }
    const each = (of: (runs: readonly Run[]) => readonly unknown[]): Series =>
      arms.map((arm) => [arm.label, of(arm.runs.filter((run) => run.valid))]);
    charts.set(`${id}--percentiles`, percentiles(arms));
    for (const figure of ['p50', 'p90'] as const) {
      if (figure === 'p50' && section.simulated && arms.length > 8) continue;
      charts.set(
        `${id}--${figure}`,
        each((runs) => windows(runs, (run, i) => run.timeline[i]![figure])),
      );
    }
    charts.set(`${id}--backends`, each(shares));
    charts.set(`${id}--spectrum`, each(spectrum));
    for (const [cost, axis, of] of COSTS) {
      const values = arms.map(({ runs }) => meanOf(runs.filter(({ valid }) => valid).map(of)));
      const isTelling = cost !== 'attempts' || values.some((value) => value !== 1);
      if (values[0] !== null && isTelling) charts.set(`${id}--${cost}`, [[axis, values]]);
    }
    for (const [chart, series] of heatMaps(arms)) charts.set(`${id}--${chart}`, series);
    for (const [chart, series] of backendLoads(arms)) charts.set(`${id}--${chart}`, series);
    const rounds = roundSeries(section, arms);
    if (rounds !== null) charts.set(`${id}--rounds`, rounds);
    const runs = arms.flatMap((arm) => arm.runs);
    if (runs.every((run) => run.requests.sent === run.requests.ok)) continue;
    charts.set(
      `${id}--errors-over-time`,
      each((valid) => windows(valid, (run, i) => run.timeline[i]!.errors)),
    );
    charts.set(
      `${id}--errors`,
      each(([run]) => [
        run!.requests.errors.reset,
        run!.requests.errors.status5xx,
        run!.requests.lost,
      ]),
    );
  }
  results.sweeps?.forEach((sweep, i) => {
    const strategies = [...new Set(sweep.points.map((point) => point.strategy))];
    const simulated = strategies.map(
      (name) =>
        [
          name,
          sweep.points
            .filter((point) => point.strategy === name)
            .map((point) => ({ x: point.load, y: point.mean })),
        ] as const,
    );
    const theory = sweep.theory.map(
      (curve) =>
        [curve.name, curve.points.map(({ load, mean }) => ({ x: load, y: mean }))] as const,
    );
    charts.set(`sweep-${i + 1}`, [...simulated, ...theory, ...knees(sweep.points)]);
  });
  return charts;
}

/** Where load over response is greatest, unless that is at an end. */
function knees(points: NonNullable<Results['sweeps']>[number]['points']): Series {
  return [...Map.groupBy(points, ({ strategy }) => strategy)].flatMap(([strategy, own]) => {
    const loads = own.map(({ load }) => load);
    const [best] = own.toSorted((x, y) => y.load / y.mean - x.load / x.mean);
    if ([Math.min(...loads), Math.max(...loads)].includes(best!.load)) return [];
    return [[`knee of ${strategy}`, [{ x: best!.load, y: best!.mean }]] as const];
  });
}

const COSTS: readonly (readonly [string, string, (run: Run) => number | null])[] = [
  ['cpu', 'processor time per request', (run) => run.cpuUsPerRequest],
  ['memory', 'resident memory', (run) => run.rssBytes],
  ['attempts', 'attempts per request', (run) => run.attempts! / run.requests.sent],
];

function meanOf(values: readonly (number | null)[]): number | null {
  if (values.includes(null)) return null;
  return values.reduce<number>((sum, one) => sum + one!, 0) / values.length;
}

/** Each round's p99, and the geometric mean where there are two. */
function roundSeries(section: Section, arms: readonly Arm[]): Series | null {
  const own = arms.map(({ runs }) => runs.filter(({ valid }) => valid));
  const rounds = [...new Set(own.flat().map(({ round }) => round))].sort((x, y) => x - y);
  if (rounds.length < 2) return null;
  const metric = section.comparisons[0]?.metric ?? 'p99';
  const figure = (run: Run | undefined) => run?.latencyMs[metric as 'p99'] ?? null;
  const each = rounds.map(
    (round) =>
      [
        `round ${round}`,
        own.map((runs) => figure(runs.find((run) => run.round === round))),
      ] as const,
  );
  if (each.every(([, data]) => data.every((one) => one === null))) return null;
  const means = own.map((runs) => {
    const known = runs.map(figure).filter((one) => one !== null);
    const product = known.reduce((all, one) => all * one, 1);
    return known.length < 2 ? null : expect.closeTo(product ** (1 / known.length), 6);
  });
  return [...each, ['mean', means]];
}

const BEYOND = [
  90, 80, 70, 60, 50, 40, 30, 20, 15, 10, 7, 5, 3, 2, 1.5, 1, 0.7, 0.5, 0.3, 0.2, 0.15, 0.1, 0.07,
  0.05, 0.03, 0.02, 0.015, 0.01,
];

/** Each percentile of the merged rounds that has ten answers beyond it. */
function spectrum(runs: readonly Run[]): readonly unknown[] {
  const all = build();
  for (const { histogram } of runs) all.add(decodeFromCompressedBase64(histogram!));
  return BEYOND.filter((share) => (all.totalCount * share) / 100 >= 10).map((share) => ({
    x: expect.closeTo(100 / share, 6),
    y: all.getValueAtPercentile(100 - share) / 1000,
  }));
}

/** Where arms are compared, a round counts where it is valid for all of them. */
export function counted({ arms, comparisons }: Section, runs: readonly Run[]): readonly Run[] {
  const all = arms.flatMap((arm) => arm.runs);
  const voids = all.filter((run) => !run.valid).map((run) => run.round);
  return comparisons.length === 0 ? runs : runs.filter((run) => !voids.includes(run.round));
}

const SHARES = [
  90, 80, 70, 60, 50, 40, 30, 20, 15, 10, 8, 7, 6, 5, 4, 3, 2, 1.5, 1, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3,
  0.2,
];

/** Live and simulated in turn, over the rounds that are valid live, with ten answers beyond each point. */
function overlaid({ arms, simulator }: Section, of: 'response' | 'queueing'): Series {
  return arms.flatMap((arm) => {
    const simulatedArm = simulator!.arms.find(({ strategy }) => strategy === arm.strategy)!;
    const rounds = arm.runs.filter((run) => run.valid).map((run) => run.round);
    return [arm, simulatedArm].map(({ subject, runs }) => {
      const all = build();
      for (const run of runs.filter(({ round }) => rounds.includes(round))) {
        const { histogram } = of === 'queueing' ? run.queueing! : run;
        all.add(decodeFromCompressedBase64(histogram!));
      }
      const data = SHARES.filter((share) => (all.totalCount * share) / 100 >= 10).map((share) => ({
        x: all.getValueAtPercentile(100 - share) / 1000,
        y: expect.closeTo(share / 100, 9),
      }));
      return [`${arm.label}, ${subject === SIMULATED ? 'simulated' : 'live'}`, data] as const;
    });
  });
}

function percentiles(arms: readonly Arm[]): Series {
  const rows = PERCENTILES.map(([label, key, percentile, least]) => {
    const data = arms.map((arm) => {
      const valid = arm.runs.filter((run) => run.valid);
      if (valid.length === 1) return valid[0]!.latencyMs[key];
      const all = build();
      for (const run of valid) all.add(decodeFromCompressedBase64(run.histogram!));
      return all.totalCount < least ? null : all.getValueAtPercentile(percentile) / 1000;
    });
    return [label, data] as const;
  });
  return rows.filter(([, data]) => data.some((value) => value !== null));
}

/** The middle of each window's figures over the rounds. */
function windows(
  runs: readonly Run[],
  figure: (run: Run, window: number) => number | null,
): readonly unknown[] {
  return runs[0]!.timeline.map(({ tMs }, i) => {
    const sorted = runs.map((run) => figure(run, i)!).sort((x, y) => x - y);
    const half = sorted.length / 2;
    const middle = sorted.slice(Math.ceil(half) - 1, Math.floor(half) + 1);
    return { x: tMs, y: middle.reduce((sum, one) => sum + one, 0) / middle.length };
  });
}

/** How many answers of each window took how long, in cells of half an octave. */
export function heatCells(runs: readonly Run[]): readonly {
  readonly tMs: number;
  readonly cell: number;
  readonly share: number;
}[] {
  const windows = runs.filter(({ valid }) => valid).flatMap(({ timeline }) => timeline);
  const times = [...new Set(windows.map(({ tMs }) => tMs))].sort((x, y) => x - y);
  return times.flatMap((tMs) => {
    const all = windows
      .filter((window) => window.tMs === tMs)
      .flatMap(({ spread: [first = 0, ...counts] = [] }) =>
        counts.map((n, i) => ({ cell: first + i, n })),
      );
    const total = all.reduce((sum, { n }) => sum + n, 0);
    return [...Map.groupBy(all, ({ cell }) => cell)]
      .map(([cell, own]) => ({ tMs, cell, share: own.reduce((sum, { n }) => sum + n, 0) / total }))
      .filter(({ share }) => share > 0)
      .sort((x, y) => x.cell - y.cell);
  });
}

function heatMaps(arms: readonly Arm[]): readonly (readonly [string, Series])[] {
  return arms
    .filter(({ repeat, runs }) => !repeat && runs[0]!.timeline[0]?.spread !== undefined)
    .map(({ label, runs }, i) => [`heat-${i + 1}`, [[label, heat(runs)]]]);
}

function heat(runs: readonly Run[]): readonly unknown[] {
  return heatCells(runs).map(({ tMs, cell }) => ({
    x: tMs,
    y: expect.closeTo(2 ** (cell / 2) / 1000, 9),
  }));
}

/** Each backend's line in each arm that is no repeat, where it was recorded. */
function backendLoads(arms: readonly Arm[]): readonly (readonly [string, Series])[] {
  const own = arms.filter((arm) => arm.runs[0]!.backends[0]?.load !== undefined && !arm.repeat);
  return own.flatMap(({ runs: all }, i) => {
    const runs = all.filter((run) => run.valid);
    const each = (of: (window: number, backend: number) => number): Series =>
      runs[0]!.backends.map(({ id }, backend) => [
        id,
        runs[0]!.timeline.map(({ tMs }, window) => ({
          x: tMs,
          y: Number(of(window, backend).toPrecision(4)),
        })),
      ]);
    const sum = (of: (run: Run) => number) => runs.reduce((total, run) => total + of(run), 0);
    const arrived = (window: number) => (run: Run) =>
      run.backends.reduce((total, { load }) => total + load!.requests[window]!, 0);
    const share = each(
      (window, backend) =>
        sum((run) => run.backends[backend]!.load!.requests[window]!) / sum(arrived(window)),
    );
    const mean = (key: 'inFlight' | 'queued') =>
      each(
        (window, backend) => sum((run) => run.backends[backend]!.load![key][window]!) / runs.length,
      );
    return [
      [`share-${i + 1}`, share],
      [`in-flight-${i + 1}`, mean('inFlight')],
      [`queued-${i + 1}`, mean('queued')],
    ] as const;
  });
}

function shares(runs: readonly Run[]): readonly number[] {
  if (runs.length === 1) return runs[0]!.backends.map((backend) => backend.share);
  const attempts = runs.reduce((sum, run) => sum + run.attempts!, 0);
  return runs[0]!.backends.map(
    (_, i) => runs.reduce((sum, run) => sum + run.backends[i]!.requests, 0) / attempts,
  );
}
