/**
 * The colours of the style sheet, for canvases: they have to be asked for again whenever the reader
 * changes the theme.
 *
 * The files of this folder are the page's script: modules that assets.ts joins into one. Plain JavaScript
 * with checked types, so that nothing has to be compiled.
 */

export const COLOURS = 8;
export const NARROW_PX = 520;
export const root = document.documentElement;
const probe = document.body.appendChild(document.createElement('i'));
probe.hidden = true;

/** A custom property of the style sheet as the colour that it is in the present theme. */
export function colour(/** @type {string} */ name, alpha = 1) {
  probe.style.color = `color-mix(in srgb, var(--${name}) ${alpha * 100}%, transparent)`;
  return getComputedStyle(probe).color;
}

export function slotColour(/** @type {number | null} */ slot, alpha = 1) {
  return colour(slot === null || slot < 0 ? 'text' : `c${slot % COLOURS}`, alpha);
}
