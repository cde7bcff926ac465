/** Ratios with their intervals, drawn on a log axis around 1; the figures stand beside each drawing. */

import { type Content, html } from './html.ts';

/** Width and height in SVG units. */
const WIDTH = 104;
const HEIGHT = 18;

/** The farthest bound from 1, as the logarithm of a ratio, so that halves and doubles lie alike. */
export function widestChange(rows: readonly (readonly (number | null)[])[]): number {
  const bounds = rows.flat().filter((bound) => bound !== null && bound > 0);
  return Math.max(0, ...bounds.map((bound) => Math.abs(Math.log(bound ?? 1))));
}

/** Null where there is nothing to draw. */
export function intervalDrawing(
  ratio: number | null,
  low: number | null,
  high: number | null,
  span: number,
): Content {
  if (ratio === null || span === 0) return null;
  const x = (value: number) => {
    const place = Math.max(-1, Math.min(1, Math.log(Math.max(value, 1e-9)) / span));
    return (WIDTH / 2 + place * (WIDTH / 2 - 6)).toFixed(1);
  };
  const middle = HEIGHT / 2;
  const line =
    low !== null &&
    high !== null &&
    html`<line class="interval" x1="${x(low)}" x2="${x(high)}" y1="${middle}" y2="${middle}"/>`;
  return html`<svg class="forest" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" aria-hidden="true">
<line class="one" x1="${WIDTH / 2}" x2="${WIDTH / 2}" y1="0" y2="${HEIGHT}"/>${line}
<circle class="ratio" cx="${x(ratio)}" cy="${middle}" r="4"/></svg>`;
}
