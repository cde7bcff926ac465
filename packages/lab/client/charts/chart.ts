/** One chart with a line or bars per world; Chart.js draws, this file decides how it looks. */

import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  type ChartDataset,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  Tooltip,
} from 'chart.js';
import Annotation from 'chartjs-plugin-annotation';
import { el } from '../dom.ts';
import { colour } from '../stage/colours.ts';

Chart.register(
  Annotation,
  BarController,
  BarElement,
  CategoryScale,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  Tooltip,
);

/** A line or a row of bars. */
export interface Series {
  readonly label: string;
  /** Colour: a custom property of the style sheet. */
  readonly colour: string;
  readonly isDashed?: boolean;
  readonly points: readonly { readonly x: number; readonly y: number | null }[];
}

/** A stretch of time to be marked. */
export interface Band {
  readonly from: number;
  readonly to: number;
}

/** What a chart is. */
export interface ChartKind {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly type: 'line' | 'bar';
  readonly isLogarithmic?: boolean;
  /** Names of the values on the x axis, for bars. */
  readonly labels?: readonly string[];
}

/** See the head of this file. */
export class LabChart {
  readonly element: HTMLElement;
  readonly #kind: ChartKind;
  readonly #chart: Chart;
  readonly #canvas = el('canvas', { role: 'img' });
  #optionsKey = '';
  #isSeen = true;

  constructor(kind: ChartKind) {
    this.#kind = kind;
    const plot = el('div', { class: 'plot' }, this.#canvas);
    this.element = el('figure', { class: 'chart' }, el('figcaption', {}, kind.title), plot);
    this.#chart = new Chart(this.#canvas, {
      type: kind.type,
      data: { datasets: [] },
      options: { animation: false, responsive: true, maintainAspectRatio: false },
    });
    new IntersectionObserver((seen) => {
      this.#isSeen = seen.at(-1)?.isIntersecting ?? true;
    }).observe(this.element);
  }

  /** It is on the screen. */
  get isSeen(): boolean {
    return this.#isSeen;
  }

  /** Draws these series. `words` say the same for those who do not see it. */
  show(series: readonly Series[], words: string, bands: readonly Band[], xMax?: number): void {
    const { type, labels } = this.#kind;
    this.#chart.data.labels = labels === undefined ? [] : [...labels];
    this.#chart.data.datasets = series.map((one) => dataset(one, type)) as ChartDataset[];
    // Options are dear to set, and seldom others.
    const key = JSON.stringify([bands, xMax, colour('text')]);
    if (key !== this.#optionsKey) this.#chart.options = this.#options(bands, xMax);
    this.#optionsKey = key;
    this.#canvas.setAttribute('aria-label', `${this.#kind.title}. ${words}`);
    this.#chart.update('none');
  }

  #options(bands: readonly Band[], xMax: number | undefined): Chart['options'] {
    const { x, y, type, isLogarithmic } = this.#kind;
    const text = colour('muted');
    const grid = { color: colour('grid') };
    const ticks = { color: text, maxTicksLimit: 6, font: { size: 11 } };
    const title = (words: string) => ({
      display: true,
      text: words,
      color: text,
      font: { size: 11 },
    });
    const annotations = Object.fromEntries(
      bands.map(({ from, to }, i) => [
        `band${i}`,
        {
          type: 'box' as const,
          xMin: from,
          xMax: to,
          backgroundColor: colour('fault', 0.1),
          borderWidth: 0,
          drawTime: 'beforeDatasetsDraw' as const,
        },
      ]),
    );
    return {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: {
        x: {
          type: type === 'bar' ? 'category' : 'linear',
          title: title(x),
          ticks,
          grid,
          ...(xMax === undefined ? {} : { min: 0, max: xMax }),
        },
        y: {
          type: isLogarithmic === true ? 'logarithmic' : 'linear',
          title: title(y),
          ticks,
          grid,
          ...(isLogarithmic === true ? {} : { beginAtZero: true }),
        },
      },
      plugins: { annotation: { annotations } },
    };
  }
}

function dataset({ label, colour: name, isDashed, points }: Series, type: 'line' | 'bar'): object {
  const shade = colour(name);
  if (type === 'bar') {
    return { label, data: points.map(({ y }) => y), backgroundColor: colour(name, 0.75) };
  }
  return {
    label,
    data: points,
    borderColor: shade,
    backgroundColor: shade,
    borderWidth: 1.6,
    borderDash: isDashed === true ? [4, 3] : [],
    pointRadius: 0,
    spanGaps: true,
    parsing: false,
  };
}
