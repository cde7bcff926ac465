/**
 * The simulator's sweeps: response over load, the measured means with their intervals as points and
 * the closed forms as lines beside them, so that a disagreement is seen at once.
 */

import { MOSTLY_ANSWERED } from '../figures.ts';
import { answered, duration, number, percent } from '../model/format.ts';
import { baseStrategy, type Slots, slotKey } from '../model/slots.ts';
import type { Sweep, SweepPoint, TheoryCurve } from '../sweep.ts';
import { markerOf } from './series.ts';
import { type ChartSpec, type Dataset, needsLog, type Table } from './spec.ts';

const HEIGHT_PX = 360;

export function sweepChart(sweep: Sweep, index: number, slots: Slots): ChartSpec {
  const text = (value: number) => (sweep.unit === 'ms' ? duration(value) : number(value));
  const slotOf = (name: string) => slots.get(name) ?? slots.get(baseStrategy(name)) ?? 0;
  const measured = [...Map.groupBy(sweep.points, nameOf)];
  const datasets = [
    ...measured.map(([strategy, points]) => measuredSeries(strategy, points, slotOf, text)),
    ...sweep.theory.map((curve) => theorySeries(curve, slotOf, text)),
  ];
  const means = sweep.points.map((point) => point.mean);
  return {
    id: `sweep-${index + 1}`,
    title: sweep.title,
    note: sweep.live
      ? 'Points: mean of the answers, measured live, with its 95 % interval over the rounds.'
      : 'Points: simulated mean with its 95 % interval. Dashed lines: theory.',
    heightPx: HEIGHT_PX,
    wide: true,
    layout: 'xy',
    labels: [],
    datasets,
    x: { title: 'load: utilisation per server', unit: 'share', log: false },
    y: {
      title: sweep.unit === 'ms' ? 'mean response' : 'mean response, in service times',
      unit: sweep.unit,
      log: needsLog(means),
    },
    bands: [],
    marks: [],
    legend: datasets.map(({ label, slots: [slot = 0], dashed, key }) => ({
      label,
      slot,
      dashed,
      key,
    })),
    table: sweepTable(sweep, text),
  };
}

/** A strategy, with its subject where there is another than evenkeel. */
function nameOf({ subject, strategy }: SweepPoint): string {
  return subject === undefined ? strategy : slotKey({ subject, strategy });
}

function measuredSeries(
  strategy: string,
  points: readonly SweepPoint[],
  slotOf: (strategy: string) => number,
  text: (value: number) => string,
): Dataset {
  const slot = slotOf(strategy);
  const sorted = points.toSorted((x, y) => x.load - y.load);
  return {
    label: strategy,
    key: strategy,
    data: sorted.map((point) => ({ x: point.load, y: point.mean })),
    slots: [slot],
    texts: sorted.map((point) =>
      point.meanInterval === null
        ? text(point.mean)
        : `${text(point.mean)} (${intervalText(point, text)})`,
    ),
    dashed: false,
    marker: markerOf(slot),
    draw: 'marks',
    direct: false,
    intervals: sorted.map(({ mean, meanInterval }) => meanInterval ?? [mean, mean]),
  };
}

function intervalText({ meanInterval }: SweepPoint, text: (value: number) => string): string {
  return meanInterval === null ? '—' : meanInterval.map(text).join('–');
}

function theorySeries(
  curve: TheoryCurve,
  slotOf: (strategy: string) => number,
  text: (value: number) => string,
): Dataset {
  const sorted = curve.points.toSorted((x, y) => x.load - y.load);
  return {
    label: curve.name,
    key: curve.strategy ?? curve.name,
    data: sorted.map((point) => ({ x: point.load, y: point.mean })),
    slots: [curve.strategy === null ? -1 : slotOf(curve.strategy)],
    texts: sorted.map((point) => text(point.mean)),
    dashed: true,
    marker: 'circle',
    draw: 'line',
    direct: false,
  };
}

/** Rows by load and strategy, each with the theory for that strategy at that load. */
function sweepTable(sweep: Sweep, text: (value: number) => string): Table {
  const theoryAt = (point: SweepPoint) =>
    sweep.theory
      .filter((curve) => curve.strategy === point.strategy)
      .flatMap((curve) => curve.points)
      .find((one) => Math.abs(one.load - point.load) < 1e-9)?.mean;
  return {
    head: ['load', 'strategy', 'answered', 'mean', '95 % interval', 'theory', 'difference', 'p99'],
    rows: sweep.points.map((point) => {
      const theory = theoryAt(point);
      return [
        percent(point.load),
        nameOf(point),
        answered(point.answered ?? null),
        text(point.mean),
        intervalText(point, text),
        theory === undefined ? '—' : text(theory),
        theory === undefined ? '—' : percent(point.mean / theory - 1, 2),
        point.p99 === null ? '—' : text(point.p99),
      ];
    }),
    quiet: sweep.points.map(({ answered: share = 1 }) => (share ?? 0) < MOSTLY_ANSWERED),
  };
}
