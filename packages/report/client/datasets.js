/** The look of a series: lines, marks or bars in the colour of its slot. */

/** @import { Dataset } from '../src/charts/spec.ts' */

import { COLOURS, colour, slotColour } from './theme.js';

export function styledDataset(/** @type {Dataset} */ dataset) {
  const strong = dataset.slots.map((slot) => slotColour(slot, dataset.faint ? 0.45 : 1));
  const own = strong.length === 1 ? strong[0] : strong;
  const look = {
    borderColor: own,
    pointBorderColor: own,
    pointBackgroundColor: dataset.dashed ? colour('surface') : own,
  };
  if (dataset.draw === 'bars') {
    const fills = dataset.slots.map((slot) => barFill(slot, dataset.dashed));
    const fill = fills.length === 1 ? fills[0] : fills;
    return { ...dataset, ...look, type: 'bar', backgroundColor: fill, borderWidth: 1.5 };
  }
  if (dataset.draw === 'rings') {
    const open = { pointBackgroundColor: 'transparent', pointBorderWidth: 2, pointHoverRadius: 11 };
    return { ...dataset, ...look, ...open, type: 'line', showLine: false, pointRadius: 10 };
  }
  const marks = dataset.draw === 'marks';
  if (dataset.heat) {
    const invisible = { pointRadius: 0, pointHoverRadius: 0, pointHitRadius: 12, showLine: false };
    return { ...dataset, ...look, ...invisible, type: 'line' };
  }
  return {
    ...dataset,
    ...look,
    type: 'line',
    showLine: !marks,
    borderWidth: 2,
    borderDash: dataset.dashed ? [6, 4] : [],
    pointStyle: dataset.marker,
    pointRadius: marks ? (dataset.intervals || dataset.faint ? 4.5 : 6) : dataset.dashed ? 0 : 2.5,
    // Above what it sums up.
    order: dataset.intervals ? -1 : 0,
    pointHoverRadius: marks ? 8 : 6,
    clip: marks ? false : undefined,
    tension: 0,
  };
}

/** Pale for a repeated arm, hatched where a colour comes round for the second time. */
function barFill(/** @type {number} */ slot, /** @type {boolean} */ dashed) {
  if (slot < COLOURS) return slotColour(slot, dashed ? 0.25 : 0.85);
  const tile = document.createElement('canvas');
  tile.width = tile.height = 6;
  const ctx = tile.getContext('2d');
  if (ctx === null) return slotColour(slot);
  ctx.fillStyle = slotColour(slot, 0.3);
  ctx.fillRect(0, 0, 6, 6);
  ctx.fillStyle = slotColour(slot);
  for (let i = 0; i < 6; i++) ctx.fillRect(i, 5 - i, 2, 1);
  return ctx.createPattern(tile, 'repeat') ?? slotColour(slot);
}
