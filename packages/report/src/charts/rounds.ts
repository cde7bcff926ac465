/** Each round's own figure beside the mean over the rounds and its interval: how much rounds differ. */

import { centralQuantile, mean, standardError } from '@evenkeel/core/stats';
import { metricOf } from '../figures.ts';
import type { Arm, Section } from '../model/arms.ts';
import { duration, number, rate, UNKNOWN } from '../model/format.ts';
import { metricName } from '../model/verdicts.ts';
import type { Metric } from '../results.ts';
import { drawable } from './series.ts';
import { type Axis, type ChartSpec, type Dataset, needsLog } from './spec.ts';

const ROW_PX = 38;
const FRAME_PX = 76;
const CONFIDENCE = 0.95;
const DOT = { marker: 'circle', faint: true } as const;

/** Null where there are no two rounds. */
export function roundChart(section: Section): ChartSpec | null {
  const arms = drawable(section.arms);
  const numbers = arms.flatMap(({ valid }) => valid.map(({ round }) => round));
  const rounds = [...new Set(numbers)].sort((x, y) => x - y);
  if (rounds.length < 2) return null;
  const metric = section.comparisons[0]?.metric ?? 'p99';
  const value = (arm: Arm, round: number): number | null => {
    const run = arm.valid.find((one) => one.round === round);
    const found = run === undefined ? null : metricOf(run, metric);
    return found !== null && Number.isFinite(found) ? found : null;
  };
  const text = textOf(metric);
  const means = arms.map((arm) => meanOf(rounds.flatMap((round) => value(arm, round) ?? [])));
  const values = rounds.flatMap((round) => arms.map((arm) => value(arm, round)));
  if (values.every((one) => one === null)) return null;
  const slots = arms.map(({ slot }) => slot);
  const common = { key: '', slots, dashed: false, draw: 'marks', direct: false } as const;
  const perRound = rounds.map((round): Dataset => {
    const data = arms.map((arm) => value(arm, round));
    return { ...common, ...DOT, label: `round ${round}`, data, texts: data.map(text) };
  });
  const overall: Dataset = {
    ...common,
    label: 'mean',
    data: means.map((one) => one?.centre ?? null),
    texts: means.map(meanText(text)),
    marker: 'rectRot',
    intervals: means.map((one) => [one?.low ?? 0, one?.high ?? 0]),
  };
  return {
    id: `${section.id}--rounds`,
    title: `Round by round: ${metricName(metric)}`,
    note: `● each round, ◆ their (geometric) mean with its 95\u00a0% interval. Where the dots of two strategies lie apart in every round, the difference is no chance.`,
    heightPx: FRAME_PX + ROW_PX * arms.length,
    wide: true,
    layout: 'rows',
    labels: arms.map(({ label }) => label),
    labelKeys: arms.map(({ key }) => key),
    datasets: [...perRound, overall],
    x: axisOf(metric, needsLog(values)),
    y: null,
    bands: [],
    marks: [],
    legend: [],
    table: {
      head: ['strategy', ...rounds.map((round) => `round ${round}`), 'mean'],
      rows: arms.map((arm, i) => [
        arm.label,
        ...rounds.map((round) => text(value(arm, round))),
        overall.texts[i] ?? UNKNOWN,
      ]),
    },
  };
}

function axisOf(metric: Metric, log: boolean): Axis {
  return { title: metricName(metric), unit: metric === 'throughput' ? 'perSecond' : 'ms', log };
}

interface Mean {
  readonly centre: number;
  readonly low: number;
  readonly high: number;
}

/** Of the logarithms, since ratios are what is compared; null of fewer than two. */
function meanOf(values: readonly number[]): Mean | null {
  if (values.length < 2) return null;
  const logs = values.map(Math.log);
  const half = centralQuantile(CONFIDENCE, logs.length - 1) * standardError(logs);
  const centre = mean(logs);
  return { centre: Math.exp(centre), low: Math.exp(centre - half), high: Math.exp(centre + half) };
}

function meanText(text: (value: number | null) => string): (one: Mean | null) => string {
  const short = (value: number): string => text(Number(value.toPrecision(3)));
  return (one) =>
    one === null ? UNKNOWN : `${short(one.centre)} (${short(one.low)} to ${short(one.high)})`;
}

function textOf(metric: Metric): (value: number | null) => string {
  if (metric === 'throughput') return rate;
  if (metric === 'cpuUsPerRequest') return (value) => (value === null ? UNKNOWN : number(value));
  return duration;
}
