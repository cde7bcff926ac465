/** What each arm cost: processor and memory of the balancer, and attempts per request at the backends. */

import type { Arm, Section } from '../model/arms.ts';
import { bytes, number, UNKNOWN } from '../model/format.ts';
import type { Run } from '../results.ts';
import { drawable, markerOf } from './series.ts';
import type { ChartSpec, Unit } from './spec.ts';

const ROW_PX = 34;
const FRAME_PX = 76;

interface Cost {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly axis: string;
  readonly unit: Unit;
  readonly of: (run: Run) => number | null;
  readonly text: (value: number | null) => string;
  /** Without it the bars would say nothing. */
  readonly isTelling: (values: readonly number[]) => boolean;
}

const COSTS: readonly Cost[] = [
  {
    id: 'cpu',
    title: 'Processor time per request',
    note: 'User and system time of the balancer’s process for each request that it answered, the mean of the rounds. Shorter is cheaper.',
    axis: 'processor time per request',
    unit: 'us',
    of: ({ cpuUsPerRequest }) => cpuUsPerRequest,
    text: (value) => (value === null ? UNKNOWN : `${number(Number(value.toPrecision(3)))}\u00a0µs`),
    isTelling: () => true,
  },
  {
    id: 'memory',
    title: 'Memory of the balancer',
    note: 'The greatest resident size of its process, the mean of the rounds. Programs in a runtime hold what they may not need.',
    axis: 'resident memory',
    unit: 'bytes',
    of: ({ rssBytes }) => rssBytes,
    text: bytes,
    isTelling: () => true,
  },
  {
    id: 'attempts',
    title: 'Attempts per request',
    note: 'Amplification: how many attempts reached a backend for each request. One is no retry; what is above it is extra load on a fleet that may be in trouble.',
    axis: 'attempts per request',
    unit: 'times',
    of: ({ attempts, requests }) =>
      attempts === null || requests.sent === 0 ? null : attempts / requests.sent,
    text: (value) => (value === null ? UNKNOWN : `${number(Number(value.toPrecision(4)))}×`),
    isTelling: (values) => values.some((value) => Math.abs(value - 1) > 1e-9),
  },
];

/** Those of which something is known. */
export function costCharts(section: Section): readonly ChartSpec[] {
  const arms = drawable(section.arms);
  return COSTS.flatMap((cost) => costChart(section, arms, cost) ?? []);
}

function costChart({ id }: Section, arms: readonly Arm[], cost: Cost): ChartSpec | null {
  const values = arms.map((arm) => meanKnown(arm.valid.map(cost.of)));
  const known = values.filter((value) => value !== null);
  if (known.length === 0 || !cost.isTelling(known)) return null;
  const texts = values.map(cost.text);
  return {
    id: `${id}--${cost.id}`,
    title: cost.title,
    note: cost.note,
    heightPx: FRAME_PX + ROW_PX * arms.length,
    wide: false,
    layout: 'rows',
    labels: arms.map(({ label }) => label),
    labelKeys: arms.map(({ key }) => key),
    datasets: [
      {
        label: cost.axis,
        key: '',
        data: values,
        slots: arms.map(({ slot }) => slot),
        texts,
        dashed: false,
        marker: markerOf(0),
        draw: 'bars',
        direct: false,
      },
    ],
    x: { title: cost.axis, unit: cost.unit, log: false },
    y: null,
    bands: [],
    marks: [],
    legend: [],
    table: {
      head: ['strategy', cost.axis],
      rows: arms.map(({ label }, i) => [label, texts[i] ?? UNKNOWN]),
    },
  };
}

function meanKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
