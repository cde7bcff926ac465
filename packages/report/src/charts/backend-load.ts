/**
 * Each backend over time, a chart for each strategy: its share of the attempts, how many were there, how
 * many waited. Lines are backends here, and the charts of one figure have one scale, so that strategies
 * can be compared by eye.
 */

import type { Arm, Section } from '../model/arms.ts';
import { number, percent, UNKNOWN } from '../model/format.ts';
import { COLOURS } from '../model/slots.ts';
import type { BackendLoad } from '../results.ts';
import { groupOf, idsOf } from './bars.ts';
import { drawable, markerOf } from './series.ts';
import type { ChartSpec, Dataset, Point, Unit } from './spec.ts';
import { bandsOf } from './timeline.ts';

const HEIGHT_PX = 220;
const FEWEST_WINDOWS = 3;
/** Backends get the colours that the first strategies do not have. */
const FIRST_SLOT = 4;
/** More digits of a mean say nothing, and do not compress. */
const DIGITS = 4;

interface Figure {
  readonly id: string;
  readonly name: string;
  readonly note: string;
  readonly axis: string;
  readonly unit: Unit;
  readonly text: (value: number | null) => string;
  /** One backend's figure in one window of one run. */
  readonly of: (load: BackendLoad, window: number) => number;
  /** Divided by the sum over all backends, or by the number of rounds. */
  readonly isShare: boolean;
}

const mean = (value: number | null) =>
  value === null ? UNKNOWN : number(Number(value.toPrecision(3)));

const FIGURES: readonly Figure[] = [
  {
    id: 'share',
    name: 'Share of the attempts over time',
    note: 'How the attempts of each window were dealt out to the backends. A strategy that sees a slow backend sends it less.',
    axis: 'share of attempts',
    unit: 'share',
    text: (value) => percent(value),
    of: ({ requests }, window) => requests[window] ?? 0,
    isShare: true,
  },
  {
    id: 'in-flight',
    name: 'In flight at each backend over time',
    note: 'Attempts that were at each backend, those that waited included: the mean over each window. Lines that lie together are a balanced load.',
    axis: 'attempts in flight',
    unit: 'count',
    text: mean,
    of: ({ inFlight }, window) => inFlight[window] ?? 0,
    isShare: false,
  },
  {
    id: 'queued',
    name: 'Waiting at each backend over time',
    note: 'Attempts that waited at each backend because all of its places were taken: the mean over each window. What waits here is latency that the strategy could have avoided where another line is at zero.',
    axis: 'attempts waiting',
    unit: 'count',
    text: mean,
    of: ({ queued }, window) => queued[window] ?? 0,
    isShare: false,
  },
];

/** Of the arms whose runs recorded it; the queues only where one was ever seen. */
export function backendLoadCharts(section: Section): readonly ChartSpec[] {
  const arms = drawable(section.arms).filter(
    (arm) => !arm.repeat && arm.valid.some(({ backends }) => backends.some(({ load }) => load)),
  );
  const fleet = section.scenario?.fleet ?? [];
  const ids = idsOf(arms);
  const lines = ids.length > COLOURS ? [...new Set(ids.map((id) => groupOf(id, fleet)))] : ids;
  const labels = lines.slice(0, COLOURS);
  const labelOf = (id: string) => (ids.length > COLOURS ? groupOf(id, fleet) : id);
  return FIGURES.flatMap((figure) => {
    const own = arms.map((arm) => ({ arm, series: seriesOf(arm, figure, labels, labelOf) }));
    const most = Math.max(0, ...own.flatMap(({ series }) => series.flat().map(({ y }) => y ?? 0)));
    if (most === 0) return [];
    return own
      .filter(({ series }) => (series[0]?.length ?? 0) >= FEWEST_WINDOWS)
      .map(({ arm, series }, i) => chart(section, figure, { arm, series, labels, most, place: i }));
  });
}

interface Drawn {
  readonly arm: Arm;
  readonly series: readonly (readonly Point[])[];
  readonly labels: readonly string[];
  /** The greatest figure of all arms. */
  readonly most: number;
  readonly place: number;
}

function chart(
  section: Section,
  { id, name, note, axis, unit, text }: Figure,
  { arm, series, labels, most, place }: Drawn,
): ChartSpec {
  const datasets = labels.map((label, i): Dataset => {
    const points = series[i] ?? [];
    const slot = (FIRST_SLOT + i) % COLOURS;
    return {
      label,
      key: backendKey(label),
      data: points,
      slots: [slot],
      texts: points.map(({ y }) => text(y)),
      dashed: false,
      marker: markerOf(0),
      draw: 'line',
      direct: false,
    };
  });
  return {
    id: `${section.id}--${id}-${place + 1}`,
    title: `${name}: ${arm.label}`,
    note,
    heightPx: HEIGHT_PX,
    folded: name,
    wide: false,
    layout: 'xy',
    key: arm.key,
    labels: [],
    datasets,
    x: { title: 'time since the end of the warm-up', unit: 'seconds', log: false },
    y: { title: axis, unit, log: false, max: most },
    bands: bandsOf({ arms: [arm] }),
    marks: [],
    legend: datasets.map(({ label, slots: [slot = 0], key }) => ({
      label,
      slot,
      dashed: false,
      key,
    })),
    table: {
      head: ['from', ...labels],
      rows: (series[0] ?? []).map(({ x }, window) => [
        `${number(x / 1000)}\u00a0s`,
        ...datasets.map(({ texts }) => texts[window] ?? UNKNOWN),
      ]),
    },
  };
}

/** Not the name of any strategy. */
function backendKey(label: string): string {
  return `backend ${label}`;
}

/** A line for each label: its figure in each window, over the arm's valid rounds. */
function seriesOf(
  { valid }: Arm,
  { of, isShare }: Figure,
  labels: readonly string[],
  labelOf: (id: string) => string,
): readonly (readonly Point[])[] {
  const runs = valid.filter(({ backends }) => backends.some(({ load }) => load !== undefined));
  const times = runs[0]?.timeline.map(({ tMs }) => tMs) ?? [];
  const sums = labels.map((label) =>
    times.map((_, window) => {
      const loads = runs.flatMap(({ backends }) =>
        backends.flatMap((one) => (labelOf(one.id) === label ? (one.load ?? []) : [])),
      );
      return loads.reduce((sum, load) => sum + of(load, window), 0);
    }),
  );
  const totals = times.map((_, window) => sums.reduce((sum, own) => sum + (own[window] ?? 0), 0));
  return sums.map((own) =>
    own.map((sum, window) => {
      const whole = isShare ? (totals[window] ?? 0) : runs.length;
      const y = whole === 0 ? null : Number((sum / whole).toPrecision(DIGITS));
      return { x: times[window] ?? 0, y };
    }),
  );
}
