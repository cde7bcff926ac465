/** Draws the charts of the parts that are open, fills in their tables, and keeps them as the reader chose. */

/** @import { ChartSpec } from '../src/charts/spec.ts' */
/** @import { Chart as AnyChart } from 'chart.js' */

import { csvOf, download } from './data.js';
import { styledDataset } from './datasets.js';
import { extras } from './extras.js';
import { listen } from './keyboard.js';
import { optionsOf } from './options.js';
import { shownPart } from './shown.js';
import { colour, NARROW_PX } from './theme.js';

/** More columns than this need smaller letters, as in the tables of the page itself. */
const MOST_ROOMY = 10;

/** @type {Map<string, ChartSpec>} */
const specs = new Map();
/** @type {Map<string, AnyChart>} */
const drawn = new Map();

export function know(/** @type {ChartSpec[]} */ all) {
  for (const spec of all) specs.set(spec.id, spec);
}

/** Draws whatever can be seen and is not drawn yet. */
export function drawOpened() {
  for (const figure of document.querySelectorAll('[data-chart]')) {
    const spec = specs.get(figure.getAttribute('data-chart') ?? '');
    const isFolded = figure.closest('details:not([open])') !== null;
    if (spec === undefined || drawn.has(spec.id) || isFolded) continue;
    draw(spec);
  }
}

function draw(/** @type {ChartSpec} */ spec) {
  const canvas = document.getElementById(spec.id);
  if (!(canvas instanceof HTMLCanvasElement) || canvas.parentElement === null) return;
  canvas.parentElement.style.height = `${heightOf(spec)}px`;
  const part = shownPart(spec);
  const chart = new Chart(
    canvas,
    /** @type {any} */ ({
      type: 'line',
      data: dataOf(part),
      options: optionsOf(part),
      plugins: [extras],
    }),
  );
  drawn.set(spec.id, chart);
  listen(canvas, chart);
}

/** Names that take several lines need higher rows. */
function heightOf(/** @type {ChartSpec} */ spec) {
  return spec.heightPx * (spec.layout === 'rows' && innerWidth < NARROW_PX ? 1.35 : 1);
}

function dataOf(/** @type {ChartSpec} */ spec) {
  return { labels: [...spec.labels], datasets: spec.datasets.map(styledDataset) };
}

/** Everything again, in the colours of the present theme and with the strategies that are shown. */
export function restyle() {
  Chart.defaults.color = colour('text');
  for (const [id, chart] of drawn) {
    const spec = specs.get(id);
    if (spec === undefined) continue;
    const part = shownPart(spec);
    chart.data = /** @type {any} */ (dataOf(part));
    chart.options = /** @type {any} */ (optionsOf(part));
    chart.update();
  }
}

export function resize() {
  for (const chart of drawn.values()) chart.resize();
}

/** The table behind a chart, made when it is opened. */
export function fillTable(/** @type {Element} */ details) {
  const place = details.querySelector('.scroll');
  const spec = specOf(details);
  if (spec === undefined || place === null || place.firstChild !== null) return;
  const { head, rows, quiet = [] } = spec.table;
  const table = document.createElement('table');
  if (head.length > MOST_ROOMY) table.className = 'compact';
  const top = table.createTHead().insertRow();
  head.forEach((text, i) => {
    const cell = top.appendChild(document.createElement('th'));
    Object.assign(cell, {
      scope: 'col',
      textContent: text,
      className: i === 0 ? 'words' : '',
    });
  });
  const body = table.createTBody();
  rows.forEach((row, i) => {
    const line = body.insertRow();
    if (quiet[i]) line.className = 'quiet';
    row.forEach((text, column) => {
      const cell = line.appendChild(document.createElement(column === 0 ? 'th' : 'td'));
      cell.textContent = text;
      if (column === 0) cell.setAttribute('scope', 'row');
      else cell.setAttribute('data-label', head[column] ?? '');
    });
  });
  place.append(table);
}

/** The figures of a chart as CSV, or the chart as PNG. */
export function downloadFigure(/** @type {Element} */ button) {
  const spec = specOf(button);
  if (spec === undefined) return;
  if (button.getAttribute('data-download') === 'csv') {
    const text = csvOf([spec.table.head, ...spec.table.rows]);
    download(`${spec.id}.csv`, new Blob([text], { type: 'text/csv' }));
    return;
  }
  const chart = drawn.get(spec.id);
  if (chart === undefined) return;
  const { canvas } = chart;
  const copy = document.createElement('canvas');
  Object.assign(copy, { width: canvas.width, height: canvas.height });
  const context = copy.getContext('2d');
  if (context === null) return;
  context.fillStyle = colour('surface');
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(canvas, 0, 0);
  copy.toBlob((blob) => blob && download(`${spec.id}.png`, blob));
}

function specOf(/** @type {Element} */ inside) {
  const id = inside.closest('[data-chart]')?.getAttribute('data-chart');
  return specs.get(id ?? '');
}
