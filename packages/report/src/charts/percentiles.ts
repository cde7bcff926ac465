/**
 * Latency percentiles by strategy: a row for each arm, a mark for each percentile. Marks and not
 * bars, because latencies often need a logarithmic axis, on which the length of a bar says nothing.
 */

import { isMostlyAnswered } from '../figures.ts';
import type { Arm, Section } from '../model/arms.ts';
import { answered, duration } from '../model/format.ts';
import type { Latency } from '../results.ts';
import { drawable } from './series.ts';
import { type ChartSpec, type Dataset, needsLog } from './spec.ts';

type Percentile = 'p50' | 'p90' | 'p99' | 'p999';

/** Each with the mark that stands for it. */
export const PERCENTILES: readonly {
  readonly key: Percentile;
  readonly name: string;
  readonly marker: string;
  readonly glyph: string;
}[] = [
  { key: 'p50', name: 'p50', marker: 'circle', glyph: '●' },
  { key: 'p90', name: 'p90', marker: 'triangle', glyph: '▲' },
  { key: 'p99', name: 'p99', marker: 'rectRot', glyph: '◆' },
  { key: 'p999', name: 'p99.9', marker: 'rect', glyph: '■' },
];

const ROW_PX = 38;
const FRAME_PX = 76;

/** Null where no arm has a percentile to show. */
export function percentileChart(section: Section): ChartSpec | null {
  const arms = drawable(section.arms);
  const shown = PERCENTILES.filter(({ key }) => arms.some((arm) => arm.latency[key] !== null));
  if (shown.length === 0) return null;
  const datasets = shown.map(
    ({ key, name, marker }): Dataset => ({
      label: name,
      key: '',
      data: arms.map((arm) => arm.latency[key]),
      slots: arms.map((arm) => arm.slot),
      texts: arms.map((arm) => duration(arm.latency[key])),
      dashed: false,
      marker,
      draw: 'marks',
      direct: key === shown.at(-1)?.key,
    }),
  );
  const values = arms.flatMap((arm) => shown.map(({ key }) => arm.latency[key]));
  const log = needsLog(values);
  return {
    id: `${section.id}--percentiles`,
    title: 'Latency by strategy',
    note: `${shown.map(({ glyph, name }) => `${glyph} ${name}`).join('   ')}. Further left is faster${
      log ? '; the axis is logarithmic' : ''
    }.`,
    heightPx: FRAME_PX + ROW_PX * arms.length,
    wide: true,
    layout: 'rows',
    labels: arms.map(labelOf),
    labelKeys: arms.map(({ key }) => key),
    datasets,
    x: { title: 'latency of ok answers', unit: 'ms', log },
    y: null,
    bands: [],
    marks: [],
    legend: [],
    table: {
      head: ['strategy', 'answered', 'mean', ...PERCENTILES.map(({ name }) => name), 'max'],
      rows: arms.map((arm) => [arm.label, answered(arm.answered), ...latencyCells(arm.latency)]),
      quiet: arms.map((arm) => !isMostlyAnswered(arm.requests)),
    },
  };
}

/** Says so where latencies of the answers may not stand for the requests. */
function labelOf({ label, requests, answered: share }: Arm): string {
  return isMostlyAnswered(requests) ? label : `${label}, ${answered(share)} answered`;
}

function latencyCells(latency: Latency): readonly string[] {
  const { mean, p50, p90, p99, p999, max } = latency;
  return [mean, p50, p90, p99, p999, max].map(duration);
}
