/** Time × latency of each arm: how many answers of each window took how long, the darker the more. */

import { spreadFromMs } from '../judge/spread.ts';
import type { Arm, Section } from '../model/arms.ts';
import { duration, percent } from '../model/format.ts';
import { armSeries, drawable } from './series.ts';
import type { ChartSpec, Point } from './spec.ts';

const HEIGHT_PX = 240;
const FEWEST_WINDOWS = 3;
/** A map is large: of more simulated arms, none is drawn. */
const MOST_SIMULATED = 6;

/** One for each arm whose runs tell how the latencies of their windows were spread. */
export function heatMaps(section: Section): readonly ChartSpec[] {
  if (section.simulated && section.arms.length > MOST_SIMULATED) return [];
  return drawable(section.arms)
    .filter((arm) => !arm.repeat)
    .flatMap((arm, i) => heatMap(section, arm, i) ?? []);
}

interface Cell {
  readonly tMs: number;
  /** Number of the cell of latencies, as `spread` counts them. */
  readonly place: number;
  readonly count: number;
  /** Of the answers of its window. */
  readonly share: number;
}

function heatMap(section: Section, arm: Arm, index: number): ChartSpec | null {
  const cells = cellsOf(arm);
  const times = [...new Set(cells.map(({ tMs }) => tMs))];
  if (times.length < FEWEST_WINDOWS) return null;
  const widthMs = Math.min(...times.slice(1).map((time, i) => time - (times[i] ?? 0)));
  const points = cells.map(({ tMs, place }): Point => ({ x: tMs, y: spreadFromMs(place) }));
  const texts = cells.map(
    ({ place, share }) =>
      `${percent(share)} took ${duration(short(spreadFromMs(place)))} to ${duration(short(spreadFromMs(place + 1)))}`,
  );
  return {
    id: `${section.id}--heat-${index + 1}`,
    title: `Spread of latencies over time: ${arm.label}`,
    note: 'Each column is a window, each cell a range of latencies: the darker, the more of the window’s answers. A second band above the first is a backend that is slower.',
    heightPx: HEIGHT_PX,
    folded: 'Spread of latencies over time, a map for each strategy',
    wide: false,
    layout: 'xy',
    labels: [],
    datasets: [
      {
        ...armSeries(arm, 'marks', points, texts),
        heat: { widthMs, shares: cells.map(({ share }) => share) },
      },
    ],
    x: { title: 'time since the end of the warm-up', unit: 'seconds', log: false },
    y: { title: 'latency of ok answers', unit: 'ms', log: true },
    bands: [],
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
