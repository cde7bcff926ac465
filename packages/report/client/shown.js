/** Which strategies are shown: one choice for all charts, legends and the matrix. */

/** @import { ChartSpec } from '../src/charts/spec.ts' */

/** @type {Set<string>} */
const hidden = new Set();

export function isShown(/** @type {string} */ key) {
  return !hidden.has(key);
}

/** Switches a strategy off or on, everywhere. */
export function toggle(/** @type {string} */ key) {
  if (!hidden.delete(key)) hidden.add(key);
  markShown(document);
}

/** Marks what is shown and what is not, in a part of the page. */
export function markShown(/** @type {ParentNode} */ part) {
  for (const one of part.querySelectorAll('[data-key]')) {
    const key = one.getAttribute('data-key') ?? '';
    if (one instanceof HTMLButtonElement) one.setAttribute('aria-pressed', String(isShown(key)));
    else one.classList.toggle('off', !isShown(key));
  }
}

/** @template T @param {readonly T[]} items @param {readonly boolean[]} keep */
function kept(items, keep) {
  return items.length === keep.length ? items.filter((_, i) => keep[i]) : items;
}

/** The chart without what is switched off: whole series, or rows of all series. */
export function shownPart(/** @type {ChartSpec} */ spec) {
  const datasets = spec.datasets.filter(({ key }) => isShown(key));
  if (spec.labelKeys === undefined) return { ...spec, datasets };
  const keep = spec.labelKeys.map(isShown);
  return {
    ...spec,
    labels: kept(spec.labels, keep),
    datasets: datasets.map((one) => ({
      ...one,
      data: /** @type {typeof one.data} */ (kept(/** @type {readonly any[]} */ (one.data), keep)),
      slots: kept(one.slots, keep),
      texts: kept(one.texts, keep),
      ...(one.intervals && { intervals: kept(one.intervals, keep) }),
    })),
  };
}
