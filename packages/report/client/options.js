/** The options of a chart: bands, moments and limits, tooltips, and the axes of scales.js. */

/** @import { ChartSpec } from '../src/charts/spec.ts' */

import { scalesOf, tick } from './scales.js';
import { colour, slotColour } from './theme.js';

/** Fault bands, moments and limits, for the annotation plugin. */
function annotationsOf(/** @type {ChartSpec} */ spec) {
  const label = (/** @type {string} */ content, /** @type {object} */ place) => ({
    display: true,
    content,
    color: colour('text'),
    backgroundColor: colour('surface', 0.85),
    font: { size: 11, weight: 'normal' },
    padding: 3,
    ...place,
  });
  const bands = spec.bands.map((band, i) => ({
    type: 'box',
    xMin: band.from,
    xMax: band.to,
    backgroundColor: colour('fault', 0.14),
    borderWidth: 0,
    drawTime: 'beforeDatasetsDraw',
    label: label(band.label, { position: { x: 'start', y: 'start' }, yAdjust: (i % 4) * 18 }),
  }));
  const marks = spec.marks.map((mark) => ({
    type: 'line',
    scaleID: mark.axis,
    value: mark.at,
    borderColor: slotColour(mark.slot),
    borderWidth: 1.5,
    borderDash: [2, 3],
    // Moments lie close together: their names would cover the lines.
    label: label(mark.label, { display: mark.axis === 'y', position: 'start' }),
  }));
  return Object.fromEntries([...bands, ...marks].map((one, i) => [`a${i}`, one]));
}

export function optionsOf(/** @type {ChartSpec} */ spec) {
  const direct = spec.datasets.some((dataset) => dataset.direct);
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    indexAxis: spec.layout === 'rows' ? 'y' : 'x',
    interaction: { mode: spec.layout === 'xy' ? 'nearest' : 'index', axis: indexAxis(spec) },
    layout: { padding: { right: direct ? 64 : 8 } },
    scales: scalesOf(spec),
    plugins: {
      legend: { display: false },
      annotation: { annotations: annotationsOf(spec) },
      tooltip: {
        callbacks: {
          title: (/** @type {any[]} */ items) => tooltipTitle(spec, items),
          label: (/** @type {any} */ item) =>
            `${item.dataset.label}: ${item.dataset.texts[item.dataIndex]}`,
        },
      },
    },
  };
}

function indexAxis(/** @type {ChartSpec} */ spec) {
  if (spec.layout === 'xy') return 'xy';
  return spec.layout === 'rows' ? 'y' : 'x';
}

function tooltipTitle(/** @type {ChartSpec} */ spec, /** @type {any[]} */ items) {
  const first = items[0];
  if (first === undefined) return '';
  if (spec.layout !== 'xy' || spec.x === null) return spec.labels[first.dataIndex] ?? '';
  return tick(spec.x.unit, first.parsed.x);
}
