/**
 * Draws the charts that the page carries as specifications, and serves its buttons. It computes no
 * figure; those are in the specifications.
 */

/** @import { ChartSpec, Dataset } from '../src/charts/spec.ts' */
/** @import { Chart as AnyChart } from 'chart.js' */

import { styledDataset } from './datasets.js';
import { extras } from './extras.js';
import { optionsOf } from './options.js';
import { colour, NARROW_PX, root } from './theme.js';

function configOf(/** @type {ChartSpec} */ spec) {
  return {
    type: /** @type {const} */ ('line'),
    data: { labels: [...spec.labels], datasets: spec.datasets.map(styledDataset) },
    options: optionsOf(spec),
    plugins: [extras],
  };
}

/** @type {ChartSpec[]} */
const specs = JSON.parse(document.getElementById('charts')?.textContent ?? '[]');
/** @type {{ spec: ChartSpec, chart: AnyChart }[]} */
const drawn = [];

function draw(/** @type {ChartSpec} */ spec) {
  const canvas = document.getElementById(spec.id);
  if (!(canvas instanceof HTMLCanvasElement) || canvas.parentElement === null) return;
  // Names that take several lines need higher rows.
  const tall = spec.layout === 'rows' && innerWidth < NARROW_PX;
  canvas.parentElement.style.height = `${spec.heightPx * (tall ? 1.35 : 1)}px`;
  const chart = new Chart(canvas, /** @type {any} */ (configOf(spec)));
  drawn.push({ spec, chart });
  for (const button of canvas.closest('figure')?.querySelectorAll('[data-series]') ?? []) {
    button.addEventListener('click', () => toggleSeries(chart, button));
  }
}

function toggleSeries(/** @type {AnyChart} */ chart, /** @type {Element} */ button) {
  const shown = button.getAttribute('aria-pressed') !== 'true';
  button.setAttribute('aria-pressed', String(shown));
  chart.setDatasetVisibility(Number(button.getAttribute('data-series')), shown);
  chart.update();
}

/** Draws everything again in the colours of the present theme; hidden series stay hidden. */
function restyle() {
  Chart.defaults.color = colour('text');
  for (const { spec, chart } of drawn) {
    chart.data.datasets.forEach((dataset, i) => {
      Object.assign(dataset, styledDataset(/** @type {Dataset} */ (spec.datasets[i])));
    });
    chart.options = /** @type {any} */ (optionsOf(spec));
    chart.update();
  }
}

const darkPreferred = matchMedia('(prefers-color-scheme: dark)');
const themeButton = document.getElementById('theme');

function isDark() {
  const chosen = root.getAttribute('data-theme');
  return chosen === null ? darkPreferred.matches : chosen === 'dark';
}

function applyTheme() {
  themeButton?.setAttribute('aria-pressed', String(isDark()));
  restyle();
}

themeButton?.addEventListener('click', () => {
  root.setAttribute('data-theme', isDark() ? 'light' : 'dark');
  applyTheme();
});
darkPreferred.addEventListener('change', applyTheme);

/** Paper is white, whatever the screen is. */
addEventListener('beforeprint', () => {
  root.setAttribute('data-print', '');
  restyle();
  for (const { chart } of drawn) chart.resize();
});
addEventListener('afterprint', () => {
  root.removeAttribute('data-print');
  restyle();
  for (const { chart } of drawn) chart.resize();
});

Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
Chart.defaults.color = colour('text');
specs.forEach(draw);
applyTheme();
