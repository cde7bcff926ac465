/** What Chart.js does not draw: texts beside points, intervals around them, spans along rows. */

/** @import { Dataset } from '../src/charts/spec.ts' */
/** @import { Chart as AnyChart } from 'chart.js' */

import { colour, slotColour } from './theme.js';

/** A Chart.js plugin. */
export const extras = {
  id: 'extras',
  beforeDatasetsDraw(/** @type {AnyChart} */ chart) {
    if (chart.options.indexAxis === 'y') drawSpans(chart);
    for (const raw of chart.data.datasets) {
      drawHeat(chart, /** @type {Dataset} */ (/** @type {unknown} */ (raw)));
    }
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

/** Cells of half an octave, as wide as a window. */
function drawHeat(/** @type {AnyChart} */ chart, /** @type {Dataset} */ dataset) {
  const { heat, slots, data } = dataset;
  const { x, y } = chart.scales;
  if (heat === undefined || x === undefined || y === undefined) return;
  const { ctx } = chart;
  const points = /** @type {readonly { x: number, y: number }[]} */ (data);
  ctx.save();
  points.forEach((point, i) => {
    const [left, right] = [point.x, point.x + heat.widthMs].map((at) => x.getPixelForValue(at));
    const [bottom, top] = [point.y, point.y * Math.SQRT2].map((at) => y.getPixelForValue(at));
    const share = Math.sqrt((heat.shares[i] ?? 0) / heat.most);
    ctx.fillStyle = slotColour(slots[0] ?? 0, 0.06 + 0.94 * share);
    ctx.fillRect(
      left ?? 0,
      top ?? 0,
      (right ?? 0) - (left ?? 0) - 1,
      (bottom ?? 0) - (top ?? 0) - 1,
    );
  });
  ctx.restore();
}

/** Along the axis of figures; where rows have looks of their own, each in its colour. */
function drawIntervals(
  /** @type {AnyChart} */ chart,
  /** @type {Dataset} */ dataset,
  /** @type {{ x: number, y: number }[]} */ points,
) {
  const { ctx } = chart;
  const isRows = chart.options.indexAxis === 'y';
  const scale = isRows ? chart.scales.x : chart.scales.y;
  if (scale === undefined) return;
  ctx.lineWidth = 1.5;
  points.forEach(({ x, y }, i) => {
    if (dataset.data[i] === null) return;
    const [low, high] = (dataset.intervals?.[i] ?? [0, 0]).map((bound) =>
      scale.getPixelForValue(bound),
    );
    if (low === undefined || high === undefined) return;
    ctx.strokeStyle = slotColour(dataset.slots[i] ?? dataset.slots[0] ?? 0);
    ctx.beginPath();
    for (const end of [low, high]) {
      ctx.moveTo(isRows ? end : x - 5, isRows ? y - 5 : end);
      ctx.lineTo(isRows ? end : x + 5, isRows ? y + 5 : end);
    }
    ctx.moveTo(isRows ? low : x, isRows ? y : low);
    ctx.lineTo(isRows ? high : x, isRows ? y : high);
    ctx.stroke();
  });
}
