/**
 * Serves the page: theme, contents, deep links, the sorted matrix, downloads. It computes no figure; those
 * are in the specifications of the charts.
 */

import { downloadFigure, drawOpened, fillTable, know, resize, restyle } from './charts.js';
import { download, runsCsv, unpacked } from './data.js';
import { markShown, toggle } from './shown.js';
import { sortMatrix } from './sort.js';
import { colour, NARROW_PX, root } from './theme.js';

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
function onPaper(/** @type {boolean} */ isPaper) {
  root.toggleAttribute('data-print', isPaper);
  restyle();
  resize();
}
addEventListener('beforeprint', () => onPaper(true));
addEventListener('afterprint', () => onPaper(false));

/** What is folded in a scenario, by its id, where the page carries it apart. */
const parts = /** @type {Promise<Record<string, string> | null>} */ (unpacked('parts'));

/** Puts a folded part in place when it is opened for the first time. */
async function fill(/** @type {Element} */ details) {
  const id = details.getAttribute('data-part');
  if (id === null) return;
  details.removeAttribute('data-part');
  details.insertAdjacentHTML('beforeend', (await parts)?.[id] ?? '');
  markShown(details);
}

/** Opens the part that the address names, and those around it. */
async function openTarget() {
  const id = decodeURIComponent(location.hash.slice(1));
  const scenario = document.getElementById(id.split('--')[0] ?? '');
  if (scenario !== null) await fill(scenario);
  const target = document.getElementById(id);
  if (target === null) return;
  for (let one = /** @type {Element | null} */ (target); one !== null; one = one.parentElement) {
    if (one instanceof HTMLDetailsElement) one.open = true;
  }
  drawOpened();
  target.scrollIntoView();
}

document.addEventListener(
  'toggle',
  (event) => {
    const { target } = event;
    if (!(target instanceof HTMLDetailsElement) || !target.open) return;
    if (target.matches('.figures')) fillTable(target);
    else fill(target).then(drawOpened);
  },
  true,
);

document.addEventListener('click', (event) => {
  const at = event.target instanceof Element ? event.target : null;
  const button = at?.closest('button');
  // A link to the part that the address names already opens it again.
  if (at?.closest(`a[href="${CSS.escape(location.hash).replace('\\#', '#')}"]`)) openTarget();
  if (!button) return;
  if (button.matches('.sort')) sortMatrix(button);
  else if (button.hasAttribute('data-key')) {
    toggle(button.getAttribute('data-key') ?? '');
    restyle();
  } else if (button.closest('[data-chart]')) downloadFigure(button);
  else if (button.hasAttribute('data-download')) downloadResults(button);
});

async function downloadResults(/** @type {Element} */ button) {
  const results = await unpacked('results');
  if (button.getAttribute('data-download') === 'runs') {
    download('runs.csv', new Blob([runsCsv(results.runs)], { type: 'text/csv' }));
    return;
  }
  download('results.json', new Blob([JSON.stringify(results)], { type: 'application/json' }));
}

Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
Chart.defaults.color = colour('text');
const contents = document.querySelector('#contents > details');
if (contents instanceof HTMLDetailsElement && innerWidth < 2 * NARROW_PX) contents.open = false;
applyTheme();
unpacked('charts').then(async (charts) => {
  know(charts ?? []);
  drawOpened();
  await openTarget();
  addEventListener('hashchange', openTarget);
  root.setAttribute('data-ready', '');
});
