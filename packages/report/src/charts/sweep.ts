/**
 * The simulator's sweeps: response over load, the measured means with their intervals as points and
 * the closed forms as lines beside them, so that a disagreement is seen at once.
 */

import { MOSTLY_ANSWERED } from '../figures.ts';
import { answered, duration, number, percent } from '../model/format.ts';
import { baseStrategy, fixedSlot, type Slots, slotKey } from '../model/slots.ts';
import type { Sweep, SweepPoint, TheoryCurve } from '../sweep.ts';
import { markerOf } from './series.ts';
import { type ChartSpec, type Dataset, needsLog, type Table } from './spec.ts';

const HEIGHT_PX = 360;

export function sweepChart(sweep: Sweep, index: number, slots: Slots): ChartSpec {
  const text = (value: number) => (sweep.unit === 'ms' ? duration(value) : number(value));
  const slotOf = (name: string) =>
    slots.get(name) ?? slots.get(baseStrategy(name)) ?? fixedSlot(name);
  const measured = [...Map.groupBy(sweep.points, nameOf)];
  const knees = measured.flatMap(([strategy, points]) => {
    const knee = kneeOf(points);
    return knee === null ? [] : [kneeSeries(strategy, knee, slotOf(strategy), text)];
  });
  const lines = [
    ...measured.map(([strategy, points]) => measuredSeries(strategy, points, slotOf, text)),
    ...sweep.theory.map((curve) => theorySeries(curve, slotOf, text)),
  ];
  const datasets = [...lines, ...knees];
  const means = sweep.points.map((point) => point.mean);
  return {
    id: `sweep-${index + 1}`,
    title: sweep.title,
    note: noteOf(sweep, knees.length > 0),
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
    legend: lines.map(({ label, slots: [slot = 0], dashed, key }) => ({
      label,
      slot,
      dashed,
      key,
    })),
    table: sweepTable(sweep, text),
  };
}

function noteOf({ live, theory, points }: Sweep, hasKnees: boolean): string {
  const parts = [
    points.length === 0
      ? 'No load had rounds enough that were valid, so there is no point.'
      : live === true
        ? 'Points: mean of the answers, measured live, with its 95\u00a0% interval over the rounds.'
        : 'Points: simulated mean with its 95\u00a0% interval.',
    theory.length > 0 &&
      `Dashed lines: theory${live === true ? ', without what a proxy adds' : ''}.`,
    hasKnees &&
      'Ring: the knee, where load divided by response is greatest (Kleinrock); beyond it more load costs more in waiting than it brings.',
  ];
  return parts.filter((part) => part !== false).join(' ');
}

/**
 * The point of greatest power: load over mean response (L. Kleinrock, 1979). Null where it is the first
 * or the last load, since the greatest may then lie beyond.
 */
export function kneeOf(points: readonly SweepPoint[]): SweepPoint | null {
  const sorted = points.toSorted((x, y) => x.load - y.load);
  const power = sorted.map(({ load, mean }) => load / mean);
  const place = power.indexOf(Math.max(...power));
  return place > 0 && place < sorted.length - 1 ? (sorted[place] ?? null) : null;
}

function kneeSeries(
  strategy: string,
  { load, mean }: SweepPoint,
  slot: number,
  text: (value: number) => string,
): Dataset {
  return {
    label: `knee of ${strategy}`,
    key: strategy,
    data: [{ x: load, y: mean }],
    slots: [slot],
    texts: [`${text(mean)} at load ${percent(load)}`],
    dashed: false,
    marker: 'circle',
    draw: 'rings',
    direct: false,
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
  const groups = [...Map.groupBy(sweep.points, nameOf).values()];
  const knees = new Set(groups.map(kneeOf));
  return {
    head: [
      'load',
      'strategy',
      'answered',
      'mean',
      '95 % interval',
      'theory',
      'difference',
      'p99',
      'knee',
    ],
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
        knees.has(point) ? `${text(point.mean)} at load ${percent(point.load)}` : '',
      ];
    }),
    quiet: sweep.points.map(({ answered: share = 1 }) => (share ?? 0) < MOSTLY_ANSWERED),
  };
}
