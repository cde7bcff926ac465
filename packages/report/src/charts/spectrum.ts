/**
 * The whole distribution of an arm's latencies: each percentile up to 99.99, as far as there are samples for
 * it. The axis has every further nine as far from the last as that was from the one before.
 */

import { mergeHistograms, percentileOrNull } from '../histogram.ts';
import type { Arm, Section } from '../model/arms.ts';
import { duration, number } from '../model/format.ts';
import { armLegend, armSeries, drawable } from './series.ts';
import { type ChartSpec, needsLog, type Point } from './spec.ts';

const HEIGHT_PX = 340;
/** Shares of the answers that took longer than each point. */
const BEYOND = [
  0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1, 0.07, 0.05, 0.03, 0.02, 0.015, 0.01, 0.007,
  0.005, 0.003, 0.002, 0.0015, 0.001, 0.0007, 0.0005, 0.0003, 0.0002, 0.00015, 0.0001,
];

/** Null where no arm has a percentile. */
export function spectrumChart(section: Section): ChartSpec | null {
  const arms = drawable(section.arms);
  const series = arms.map(pointsOf);
  const most = Math.max(0, ...series.map(({ length }) => length));
  if (most === 0) return null;
  const log = needsLog(series.flatMap((points) => points.map(({ y }) => y)));
  return {
    id: `${section.id}--spectrum`,
    title: 'Latency by percentile',
    note: `Half of the answers were as quick as a line is at 50\u00a0%, all but one in a hundred at 99\u00a0%. Lower is faster; where a line ends there are too few answers to say more.`,
    heightPx: HEIGHT_PX,
    wide: true,
    layout: 'xy',
    labels: [],
    datasets: arms.map((arm, i) => {
      const points = series[i] ?? [];
      return armSeries(
        arm,
        'line',
        points,
        points.map(({ y }) => duration(y)),
      );
    }),
    x: { title: 'percentile', unit: 'nines', log: true },
    y: { title: 'latency of ok answers', unit: 'ms', log },
    bands: [],
    marks: [],
    legend: armLegend(arms),
    table: {
      head: ['percentile', ...arms.map(({ label }) => label)],
      rows: BEYOND.slice(0, most).map((beyond, i) => [
        `p${number(Number((100 * (1 - beyond)).toFixed(3)))}`,
        ...series.map((points) => duration(points[i]?.y ?? null)),
      ]),
    },
  };
}

function pointsOf({ valid }: Arm): readonly Point[] {
  const merged = mergeHistograms(valid.map(({ histogram }) => histogram));
  const points: Point[] = [];
  for (const beyond of BEYOND) {
    const y = percentileOrNull(merged, 1 - beyond);
    if (y === null) break;
    points.push({ x: 1 / beyond, y });
  }
  return points;
}
