/** Time × latency of each arm: how many answers of each window took how long, the darker the more. */

import { spreadFromMs } from '../judge/spread.ts';
import type { Arm, Section } from '../model/arms.ts';
import { duration, percent } from '../model/format.ts';
import { armSeries, drawable } from './series.ts';
import type { ChartSpec, Point } from './spec.ts';
import { bandsOf } from './timeline.ts';

const HEIGHT_PX = 240;
const FEWEST_WINDOWS = 3;
/** A map is large: of more simulated arms, none is drawn. */
const MOST_SIMULATED = 6;

/** One for each arm whose runs tell how the latencies of their windows were spread; all of one scale. */
export function heatMaps(section: Section): readonly ChartSpec[] {
  if (section.simulated && section.arms.length > MOST_SIMULATED) return [];
  const maps = drawable(section.arms)
    .filter((arm) => !arm.repeat)
    .map((arm) => ({ arm, cells: cellsOf(arm) }))
    .filter(({ cells }) => timesOf(cells).length >= FEWEST_WINDOWS);
  const all = maps.flatMap(({ cells }) => cells);
  const places = all.map(({ place }) => place);
  const scale = {
    fromMs: spreadFromMs(Math.min(...places)),
    toMs: spreadFromMs(Math.max(...places) + 1),
    most: Math.max(...all.map(({ share }) => share)),
  };
  return maps.map(({ arm, cells }, i) => heatMap(section, arm, { cells, scale, place: i + 1 }));
}

interface Drawn {
  readonly cells: readonly Cell[];
  /** Of all maps: where latencies begin and end, and the greatest share. */
  readonly scale: { readonly fromMs: number; readonly toMs: number; readonly most: number };
  readonly place: number;
}

interface Cell {
  readonly tMs: number;
  /** Number of the cell of latencies, as `spread` counts them. */
  readonly place: number;
  readonly count: number;
  /** Of the answers of its window. */
  readonly share: number;
}

/** The starts of the windows, in order. */
function timesOf(cells: readonly Cell[]): readonly number[] {
  return [...new Set(cells.map(({ tMs }) => tMs))];
}

function heatMap(section: Section, arm: Arm, { cells, scale, place: number }: Drawn): ChartSpec {
  const times = timesOf(cells);
  const widthMs = Math.min(...times.slice(1).map((time, i) => time - (times[i] ?? 0)));
  const points = cells.map(({ tMs, place }): Point => ({ x: tMs, y: spreadFromMs(place) }));
  const texts = cells.map(
    ({ place, share }) =>
      `${percent(share)} took ${duration(short(spreadFromMs(place)))} to ${duration(short(spreadFromMs(place + 1)))}`,
  );
  return {
    id: `${section.id}--heat-${number}`,
    title: `Spread of latencies over time: ${arm.label}`,
    note: `Each column is a window, each cell a range of latencies: the darker, the more of the window’s answers. A second band above the first is a backend that is slower. The darkest cell of all holds ${percent(scale.most, 0)}.`,
    heightPx: HEIGHT_PX,
    folded: 'Spread of latencies over time',
    wide: false,
    layout: 'xy',
    key: arm.key,
    labels: [],
    datasets: [
      {
        ...armSeries(arm, 'marks', points, texts),
        heat: {
          widthMs,
          shares: cells.map(({ share }) => Number(share.toFixed(4))),
          most: scale.most,
        },
      },
    ],
    x: {
      title: 'time since the end of the warm-up',
      unit: 'seconds',
      log: false,
      max: (times.at(-1) ?? 0) + widthMs,
    },
    y: {
      title: 'latency of ok answers',
      unit: 'ms',
      log: true,
      min: scale.fromMs,
      max: scale.toMs,
    },
    bands: bandsOf({ arms: [arm] }),
    marks: [],
    legend: [],
    table: {
      head: ['from', 'share of the window’s answers'],
      rows: cells.map(({ tMs }, i) => [duration(tMs), texts[i] ?? '']),
    },
  };
}

/** Over the arm's rounds, by time and then by latency. */
function cellsOf({ valid }: Arm): readonly Cell[] {
  const windows = new Map<number, Map<number, number>>();
  for (const { tMs, spread } of valid.flatMap(({ timeline }) => timeline)) {
    if (spread === undefined) continue;
    const counts = windows.get(tMs) ?? new Map<number, number>();
    windows.set(tMs, counts);
    const [first = 0, ...own] = spread;
    own.forEach((count, i) => {
      if (count > 0) counts.set(first + i, (counts.get(first + i) ?? 0) + count);
    });
  }
  return [...windows]
    .sort(([x], [y]) => x - y)
    .flatMap(([tMs, counts]) => {
      const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
      return [...counts]
        .sort(([x], [y]) => x - y)
        .map(([place, count]) => ({ tMs, place, count, share: count / all }));
    });
}

function short(value: number): number {
  return Number(value.toPrecision(2));
}
