/** What Chart.js does not draw: texts beside points, intervals around them, spans along rows. */

/** @import { Dataset } from '../src/charts/spec.ts' */
/** @import { Chart as AnyChart } from 'chart.js' */

import { colour, slotColour } from './theme.js';

/** A Chart.js plugin. */
export const extras = {
  id: 'extras',
  beforeDatasetsDraw(/** @type {AnyChart} */ chart) {
    if (chart.options.indexAxis === 'y') drawSpans(chart);
  },
  afterDatasetsDraw(/** @type {AnyChart} */ chart) {
    const { ctx } = chart;
    chart.data.datasets.forEach((raw, i) => {
      if (!chart.isDatasetVisible(i)) return;
      const dataset = /** @type {Dataset} */ (/** @type {unknown} */ (raw));
      const points = chart.getDatasetMeta(i).data;
      ctx.save();
      if (dataset.direct) drawTexts(ctx, dataset, points);
      if (dataset.intervals) drawIntervals(chart, dataset, points);
      ctx.restore();
    });
  },
};

/** In a chart of rows, a faint line from the least to the greatest mark of each row. */
function drawSpans(/** @type {AnyChart} */ chart) {
  const { ctx } = chart;
  ctx.save();
  ctx.lineWidth = 3;
  (chart.data.labels ?? []).forEach((_, row) => {
    const marks = chart.data.datasets.flatMap((dataset, i) => {
      const point = chart.getDatasetMeta(i).data[row];
      return dataset.data[row] === null || point === undefined ? [] : [point];
    });
    const first = marks[0];
    if (first === undefined) return;
    const slots = /** @type {Dataset} */ (/** @type {unknown} */ (chart.data.datasets[0])).slots;
    const places = marks.map((point) => point.x);
    ctx.strokeStyle = slotColour(slots[row] ?? 0, 0.3);
    ctx.beginPath();
    ctx.moveTo(Math.min(...places), first.y);
    ctx.lineTo(Math.max(...places), first.y);
    ctx.stroke();
  });
  ctx.restore();
}

function drawTexts(
  /** @type {CanvasRenderingContext2D} */ ctx,
  /** @type {Dataset} */ dataset,
  /** @type {{ x: number, y: number, skip?: boolean }[]} */ points,
) {
  ctx.fillStyle = colour('text');
  ctx.font = `12px ${Chart.defaults.font.family}`;
  ctx.textBaseline = 'middle';
  points.forEach((point, i) => {
    if (dataset.data[i] !== null) ctx.fillText(dataset.texts[i] ?? '', point.x + 11, point.y);
  });
}

function drawIntervals(
  /** @type {AnyChart} */ chart,
  /** @type {Dataset} */ dataset,
  /** @type {{ x: number }[]} */ points,
) {
  const { ctx } = chart;
  const scale = chart.scales.y;
  if (scale === undefined) return;
  ctx.strokeStyle = slotColour(dataset.slots[0] ?? 0);
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  points.forEach(({ x }, i) => {
    const [low, high] = dataset.intervals?.[i] ?? [0, 0];
    for (const end of [low, high].map((bound) => scale.getPixelForValue(bound))) {
      ctx.moveTo(x - 5, end);
      ctx.lineTo(x + 5, end);
    }
    ctx.moveTo(x, scale.getPixelForValue(low));
    ctx.lineTo(x, scale.getPixelForValue(high));
  });
  ctx.stroke();
}
