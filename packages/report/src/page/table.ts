/** Tables and figures: every chart is followed by the table that says the same in text. */

import { markerOf } from '../charts/series.ts';
import type { ChartSpec, LegendEntry } from '../charts/spec.ts';
import { COLOURS } from '../model/slots.ts';
import { type Content, type Html, html } from './html.ts';

/** Cells may hold markup; the first of each row is its header. */
export interface TableContent {
  readonly caption: string;
  /** Columns of words, which begin at the left; figures end at the right. */
  readonly prose?: readonly number[];
  readonly head: readonly Content[];
  readonly rows: readonly (readonly Content[])[];
  /** Rows in grey. */
  readonly quiet?: readonly boolean[] | undefined;
}

/** Scrolls by itself where the page is too narrow for it, also by keyboard. */
export function table({ caption, head, rows, prose = [], quiet = [] }: TableContent): Html {
  const words = (column: number) => (column === 0 || prose.includes(column) ? 'words' : 'figures');
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<caption class="quiet">${caption}</caption>
<thead><tr>${head.map((cell, i) => html`<th scope="col" class="${words(i)}">${cell}</th>`)}</tr></thead>
<tbody>${rows.map(
    (
      [first, ...others],
      row,
    ) => html`<tr${quiet[row] && html` class="quiet"`}><th scope="row">${first}</th>${others.map(
      (cell, i) => html`<td class="${words(i + 1)}">${cell}</td>`,
    )}</tr>
`,
  )}</tbody></table></div>`;
}

/** A dot in the colour of a slot; the name beside it carries the meaning. */
export function swatch(slot: number, hollow = false): Html {
  const colour = slot < 0 ? 'text' : String(slot % COLOURS);
  return html`<span class="swatch c-${colour} ${markerOf(slot)}${hollow && ' hollow'}" aria-hidden="true"></span>`;
}

/** A chart, its legend and its figures as text. The client draws on the canvas. */
export function figure(spec: ChartSpec): Html {
  return html`<figure class="chart${spec.wide && ' wide'}" data-chart="${spec.id}">
<figcaption><h4>${spec.title}</h4><p class="note">${spec.note}</p></figcaption>
${legend(spec)}
<div class="plot"><canvas id="${spec.id}" role="img" aria-label="${ariaLabel(spec)}"></canvas></div>
<details><summary>Figures of this chart</summary>
${table({ caption: spec.title, ...spec.table })}</details>
</figure>
`;
}

function ariaLabel(spec: ChartSpec): string {
  return `Chart. ${spec.title}. ${spec.note} The figures are in the table below.`;
}

function legend(spec: ChartSpec): Content {
  if (spec.legend.length === 0) return null;
  return html`<div class="legend" role="group" aria-label="Series shown">${spec.legend.map(
    (entry: LegendEntry) => html`<button type="button" aria-pressed="true"
 data-series="${entry.series}">${swatch(entry.slot, entry.dashed)}${entry.label}</button>`,
  )}</div>`;
}
