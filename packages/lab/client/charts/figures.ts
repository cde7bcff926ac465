/** The figures below the worlds: charts over time, histogram, shares. One chart per call is brought up to date. */

import { expandFleet } from '@evenkeel/sim/engine';
import type { FiguresJson } from '../../src/engine/figures.ts';
import { labelOf } from '../../src/state/lab-file.ts';
import { faultBands } from '../bands.ts';
import { byId, el } from '../dom.ts';
import { percent, time } from '../format.ts';
import type { Lab, World } from '../lab.ts';
import { slotsOf } from '../looks.ts';
import { type Band, type ChartKind, LabChart, type Series } from './chart.ts';

/** A world with figures, and its colour. */
interface Shown {
  readonly label: string;
  readonly colour: string;
  readonly figures: FiguresJson;
  readonly world: World;
}

/** One chart: how its series follow from the figures. */
interface Figure {
  readonly kind: ChartKind;
  readonly series: (shown: Shown, worlds: number) => readonly Series[];
  readonly words: (shown: Shown) => string;
  readonly hasTime: boolean;
}

const seconds = (ms: number): number => ms / 1000;

function overTime(
  { label, colour, figures }: Shown,
  pick: (window: FiguresJson['windows'][number]) => number | null,
  more: Partial<Series> = {},
): Series {
  const points = figures.windows.map((window) => ({ x: seconds(window.atMs), y: pick(window) }));
  return { label, colour, points, ...more };
}

const FIGURES: readonly Figure[] = [
  {
    kind: {
      title: 'Response time: 99th percentile, and the median dashed',
      x: 'time (s)',
      y: 'ms, log',
      type: 'line',
      isLogarithmic: true,
    },
    hasTime: true,
    series: (shown) => [
      overTime(shown, ({ p99Ms }) => p99Ms),
      overTime(shown, ({ p50Ms }) => p50Ms, { label: `${shown.label}, median`, isDashed: true }),
    ],
    words: ({ label, figures }) =>
      `${label}: median ${time(figures.quantiles[0])}, 99th percentile ${time(figures.quantiles[2])}`,
  },
  {
    kind: { title: 'Requests waiting at backends', x: 'time (s)', y: 'requests', type: 'line' },
    hasTime: true,
    series: (shown) => [overTime(shown, ({ waiting }) => waiting)],
    words: ({ label, figures }) =>
      `${label}: ${Math.round(figures.windows.at(-1)?.waiting ?? 0)} wait now`,
  },
  {
    kind: { title: 'How long answers took', x: 'ms', y: 'share of requests', type: 'line' },
    hasTime: false,
    series: ({ label, colour, figures }) => [
      {
        label,
        colour,
        points: figures.bins.map((y, i) => ({ x: (i + 0.5) * figures.binMs, y })),
      },
    ],
    words: ({ label, figures }) => `${label}: mean ${time(figures.meanMs)}`,
  },
  {
    kind: {
      title: 'Attempts per request, failures dashed',
      x: 'time (s)',
      y: 'ratio',
      type: 'line',
    },
    hasTime: true,
    series: (shown) => [
      overTime(shown, ({ amplification }) => amplification),
      overTime(shown, ({ failed }) => failed, { label: `${shown.label}, failed`, isDashed: true }),
    ],
    words: ({ label, figures }) =>
      `${label}: ${(figures.windows.at(-1)?.amplification ?? 1).toFixed(2)} attempts per request`,
  },
];

/** More bars than these tell nothing. */
const BARS_MAX = 20;

/** See the head of this file. */
export class FiguresView {
  readonly #lab: Lab;
  readonly #charts: readonly LabChart[];
  readonly #place = el('div', { class: 'charts' });
  #shares: LabChart | undefined;
  #last = -1;

  constructor(lab: Lab) {
    this.#lab = lab;
    this.#charts = FIGURES.map(({ kind }) => new LabChart(kind));
    byId('figures').append(el('h2', { class: 'hidden-text' }, 'Figures'), this.#place);
    lab.listen((change) => {
      if (change === 'worlds') this.#rebuild();
    });
    this.#rebuild();
  }

  /** Brings the next chart that can be seen up to date; all of them with `all`. */
  update(all = false): void {
    const charts = [...this.#charts, ...(this.#shares === undefined ? [] : [this.#shares])];
    const shown = this.#shown();
    if (shown.length === 0) return;
    if (all) {
      for (const i of charts.keys()) this.#show(i, shown);
      return;
    }
    const seen = [...charts.keys()].filter((i) => charts[i]?.isSeen);
    const next = seen.find((i) => i > this.#last) ?? seen[0];
    if (next === undefined) return;
    this.#last = next;
    this.#show(next, shown);
  }

  #rebuild(): void {
    const fleet = expandFleet(this.#lab.scenario);
    const ids = fleet.map(({ id }) => id);
    this.#shares =
      ids.length > BARS_MAX
        ? undefined
        : new LabChart({
            title: 'Share of attempts per backend',
            x: 'backend',
            y: 'share',
            type: 'bar',
            labels: ids,
          });
    const charts = this.#charts.map(({ element }) => element);
    this.#place.replaceChildren(...charts, ...(this.#shares ? [this.#shares.element] : []));
  }

  #shown(): Shown[] {
    const { worlds } = this.#lab;
    const slots = slotsOf(worlds.map(({ setup }) => setup));
    return worlds.flatMap((world, i) => {
      const figures = world.answer?.figures;
      if (figures === undefined) return [];
      return [{ label: labelOf(world.setup), colour: `c${slots[i]}`, figures, world }];
    });
  }

  #show(at: number, shown: readonly Shown[]): void {
    const figure = FIGURES[at];
    if (figure === undefined) {
      this.#showShares(shown);
      return;
    }
    const series = shown.flatMap((one) => figure.series(one, shown.length));
    const words = shown.map(figure.words).join('; ');
    const endS = seconds(this.#lab.endMs);
    const bands = figure.hasTime ? this.#bands() : [];
    this.#charts[at]?.show(series, words, bands, figure.hasTime ? endS : undefined);
  }

  #showShares(shown: readonly Shown[]): void {
    const series = shown.map(({ label, colour, figures }): Series => {
      const total = Math.max(
        1,
        figures.attempts.reduce((a, b) => a + b, 0),
      );
      const points = figures.attempts.map((y, x) => ({ x, y: y / total }));
      return { label, colour, points };
    });
    const words = series
      .map(({ label, points }) => {
        const shares = points.map(({ y }) => percent(y ?? 0));
        return `${label}: ${shares.join(', ')}`;
      })
      .join('; ');
    this.#shares?.show(series, words, []);
  }

  #bands(): Band[] {
    return faultBands(this.#lab.scenario).map(({ startMs, endMs }) => ({
      from: seconds(startMs),
      to: seconds(endMs),
    }));
  }
}
