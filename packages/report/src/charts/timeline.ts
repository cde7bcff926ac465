/**
 * What happened when: a percentile of each window, and errors, over the time of the run, with the
 * faults as bands and as lines when each arm was back within its objectives. Where an arm ran several rounds,
 * a window shows the median over its rounds, since percentiles cannot be added up.
 */

import { answeredShare } from '../figures.ts';
import type { Arm, Section } from '../model/arms.ts';
import { answered, duration, number, UNKNOWN } from '../model/format.ts';
import type { FaultBand, Run, TimelineWindow } from '../results.ts';
import { armLegend, armSeries, drawable } from './series.ts';
import { type Band, type ChartSpec, type Mark, needsLog, type Point, type Table } from './spec.ts';

type WindowFigure = 'p50' | 'p90' | 'p99' | 'max' | 'errors';

const FEWEST_WINDOWS = 3;
const HEIGHT_PX = 280;
/** More lines than this need the whole width. */
const MOST_NARROW_ARMS = 8;

/**
 * None, or a tail, the median and, where there were any, the errors. Of many simulated arms the median says
 * too little for its size.
 */
export function timelineCharts(section: Section): readonly ChartSpec[] {
  const arms = drawable(section.arms).filter(
    (arm) => Math.max(...arm.valid.map((run) => run.timeline.length)) >= FEWEST_WINDOWS,
  );
  if (arms.length === 0) return [];
  const tail = tailFigure(arms);
  const charts = [];
  if (tail !== 'p50') charts.push(latencyChart(section, arms, tail));
  if (tail === 'p50' || !section.simulated || arms.length <= MOST_NARROW_ARMS) {
    charts.push(latencyChart(section, arms, 'p50'));
  }
  const windows = arms.flatMap((arm) => arm.valid.flatMap((run) => run.timeline));
  if (windows.some((window) => window.errors > 0)) charts.push(errorChart(section, arms));
  return charts.filter((chart) => chart !== null);
}

/** The highest percentile that at least half of the windows have; the maximum where none has one. */
function tailFigure(arms: readonly Arm[]): WindowFigure {
  const windows = arms
    .flatMap((arm) => arm.valid.flatMap((run) => run.timeline))
    .filter((window) => window.ok > 0);
  const common = (figure: WindowFigure) =>
    windows.filter((window) => window[figure] !== null).length * 2 >= windows.length;
  return (['p99', 'p90'] as const).find(common) ?? 'max';
}

function latencyChart(
  section: Section,
  arms: readonly Arm[],
  figure: WindowFigure,
): ChartSpec | null {
  const series = arms.map((arm) => overTime(arm, figure));
  const values = series.flatMap((points) => points.map((point) => point.y));
  if (values.every((value) => value === null)) return null;
  const log = needsLog(values);
  const marks = moments(arms);
  return {
    ...frame(section, arms, series, duration),
    table: timeTable(arms, series, figure, duration, true),
    id: `${section.id}--${figure}`,
    title: `Latency over time: ${figure} of each window`,
    note: notes(arms, 'A gap is a window with too few answers to say.', log),
    heightPx: HEIGHT_PX,
    wide: figure !== 'p50' && (marks.length > 0 || arms.length > MOST_NARROW_ARMS),
    y: { title: `${figure} latency`, unit: 'ms', log },
    marks: [...marks, ...limits(arms, figure)],
  };
}

function errorChart(section: Section, arms: readonly Arm[]): ChartSpec {
  const series = arms.map((arm) => overTime(arm, 'errors'));
  return {
    ...frame(section, arms, series, (value) => (value === null ? UNKNOWN : number(value))),
    id: `${section.id}--errors-over-time`,
    title: 'Errors over time: failed and lost requests of each window',
    note: notes(arms, 'Counted at the time at which a request was to be sent.', false),
    heightPx: HEIGHT_PX,
    wide: false,
    y: { title: 'errors per window', unit: 'count', log: false },
    marks: moments(arms),
  };
}

type Frame = Omit<ChartSpec, 'id' | 'title' | 'note' | 'heightPx' | 'wide' | 'y' | 'marks'>;

function frame(
  section: Section,
  arms: readonly Arm[],
  series: readonly (readonly Point[])[],
  text: (value: number | null) => string,
): Frame {
  return {
    layout: 'xy',
    labels: [],
    datasets: arms.map((arm, i) => {
      const points = series[i] ?? [];
      return armSeries(
        arm,
        'line',
        points,
        points.map((point) => text(point.y)),
      );
    }),
    x: { title: 'time since the end of the warm-up', unit: 'seconds', log: false },
    bands: bandsOf(section),
    legend: armLegend(arms),
    table: timeTable(arms, series, 'errors', text, false),
  };
}

function notes(arms: readonly Arm[], own: string, log: boolean): string {
  const rounds = Math.max(...arms.map((arm) => arm.valid.length));
  return [
    own,
    moments(arms).length > 0
      ? 'Dotted lines, in each arm’s colour: back within objectives while the fault lasts, and after it; the table of outcomes says after how long.'
      : '',
    rounds > 1 ? 'Each window is the median over the rounds.' : '',
    log ? 'The axis is logarithmic.' : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** One point a window, in the order of time. */
function overTime(arm: Arm, figure: WindowFigure): readonly Point[] {
  const windows = arm.valid.flatMap((run) => run.timeline);
  return [...Map.groupBy(windows, (window) => window.tMs)]
    .sort(([x], [y]) => x - y)
    .map(([x, group]) => ({ x, y: medianOf(group, figure) }));
}

function medianOf(windows: readonly TimelineWindow[], figure: WindowFigure): number | null {
  const sorted = windows
    .map((window) => window[figure])
    .filter((value) => value !== null)
    .sort((x, y) => x - y);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}

/**
 * The faults of all runs, each once: in the next arm's run a fault comes a few milliseconds earlier or
 * later, and such bands become one.
 */
export function bandsOf(section: Pick<Section, 'arms'>): readonly Band[] {
  const runs = section.arms.flatMap((arm) => arm.valid);
  const all = runs.flatMap((run) => run.faults.map((fault) => bandFrom(fault, run)));
  const merged: Band[] = [];
  for (const band of all.sort((x, y) => x.from - y.from)) {
    const at = merged.findLastIndex((one) => one.label === band.label);
    const before = merged[at];
    if (before === undefined || before.to < band.from) merged.push(band);
    else merged[at] = { ...before, to: Math.max(before.to, band.to) };
  }
  return merged;
}

function bandFrom(fault: FaultBand, run: Run): Band {
  const last = run.timeline.at(-1)?.tMs ?? fault.startMs;
  return {
    from: fault.startMs,
    to: fault.endMs ?? Math.max(last, fault.startMs),
    label: `${fault.kind} ${fault.target}`,
  };
}

/** When each arm's run noticed and when it was well again. */
function moments(arms: readonly Arm[]): readonly Mark[] {
  return arms.flatMap((arm) => {
    const run = arm.valid[0];
    if (run === undefined || arm.valid.length > 1 || run.faults.length === 0) return [];
    const start = Math.min(...run.faults.map((fault) => fault.startMs));
    const end = Math.max(...run.faults.map((fault) => fault.endMs ?? Number.POSITIVE_INFINITY));
    const marks: Mark[] = [];
    const mark = (at: number, label: string) =>
      marks.push({ axis: 'x', at, label, slot: arm.slot });
    if (run.detectMs !== null && !run.neverOut) {
      mark(start + run.detectMs, `${arm.label} back within after ${duration(run.detectMs)}`);
    }
    if (run.recoverMs !== null && Number.isFinite(end)) {
      mark(end + run.recoverMs, `${arm.label} recovered after ${duration(run.recoverMs)}`);
    }
    return marks;
  });
}

/** The objective for just this percentile, if the scenario has one. */
function limits(arms: readonly Arm[], figure: WindowFigure): readonly Mark[] {
  const objectives = arms.flatMap((arm) => arm.valid.flatMap((run) => run.objectives));
  const limit = objectives.find((objective) => objective.name === `${figure}Ms`)?.limit;
  if (limit === undefined) return [];
  return [{ axis: 'y', at: limit, label: `objective ${duration(limit)}`, slot: null }];
}

/** A row for each window and arm; beside latencies stands what share of the requests was answered. */
function timeTable(
  arms: readonly Arm[],
  series: readonly (readonly Point[])[],
  figure: string,
  text: (value: number | null) => string,
  withAnswered: boolean,
): Table {
  const rows = arms.flatMap((arm, i) =>
    (series[i] ?? []).map(({ x, y }) => ({
      time: x,
      cells: [
        duration(x),
        arm.label,
        text(y),
        ...(withAnswered ? [answered(answeredAt(arm, x))] : []),
      ],
    })),
  );
  return {
    head: ['from', 'strategy', figure, ...(withAnswered ? ['answered'] : [])],
    rows: rows.sort((x, y) => x.time - y.time).map(({ cells }) => cells),
  };
}

/** Over the arm's valid rounds; null where nothing was sent in the window. */
function answeredAt({ valid }: Arm, tMs: number): number | null {
  const windows = valid.flatMap((run) => run.timeline.filter((window) => window.tMs === tMs));
  return answeredShare({
    sent: windows.reduce((sum, { n }) => sum + n, 0),
    ok: windows.reduce((sum, { ok }) => sum + ok, 0),
  });
}
