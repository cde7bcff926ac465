/** Tables and figures: every chart is followed by the table that says the same in text. */

import { markerOf } from '../charts/series.ts';
import type { ChartSpec, LegendEntry } from '../charts/spec.ts';
import { COLOURS } from '../model/slots.ts';
import { type Content, type Html, html } from './html.ts';

/** Cells may hold markup; the first of each row is its header. */
export interface TableContent {
  readonly caption: string;
  /** What it belongs to, where other parts of the page have a table of the same caption. */
  readonly of?: string;
  /** Columns of words, which begin at the left; figures end at the right. */
  readonly prose?: readonly number[];
  readonly head: readonly Content[];
  /** Names of the columns where rows stand as blocks, on a narrow page; default: the heads, as far as they are text. */
  readonly labels?: readonly string[];
  readonly rows: readonly (readonly Content[])[];
  /** Rows in grey. */
  readonly quiet?: readonly boolean[] | undefined;
}

/** More columns than this need smaller letters to fit their card. */
const MOST_ROOMY = 10;

/** Scrolls by itself where the page is too narrow for it, also by keyboard. */
export function table(content: TableContent): Html {
  const { caption, of, head, labels, rows, prose = [], quiet = [] } = content;
  const kind = (column: number) => (column === 0 || prose.includes(column)) && html` class="words"`;
  const labelOf = (column: number): string => {
    const own = labels?.[column] ?? head[column];
    return typeof own === 'string' ? own : '';
  };
  return html`<div class="scroll" role="region" aria-label="${caption}${of !== undefined && `, ${of}`}" tabindex="0"><table${head.length > MOST_ROOMY && html` class="compact"`}>
<caption class="quiet">${caption}</caption>
<thead><tr>${head.map((cell, i) => html`<th scope="col"${kind(i)}>${cell}</th>`)}</tr></thead>
<tbody>${rows.map(
    (
      [first, ...others],
      row,
    ) => html`<tr${quiet[row] && html` class="quiet"`}><th scope="row">${first}</th>${others.map(
      (cell, i) => html`<td${kind(i + 1)} data-label="${labelOf(i + 1)}">${cell}</td>`,
    )}</tr>
`,
  )}</tbody></table></div>`;
}

/** A dot in the colour of a slot; the name beside it carries the meaning. */
export function swatch(slot: number, hollow = false): Html {
  const colour = slot < 0 ? 'text' : String(slot % COLOURS);
  return html`<span class="swatch c-${colour} ${markerOf(slot)}${hollow && ' hollow'}" aria-hidden="true"></span>`;
}

/**
 * A chart, its legend and its figures as text. The client draws it, and fills in the table, when the
 * part of the page that holds it is opened. `among`: the name of several, above which note and legend stand.
 */
export function figure(spec: ChartSpec, among: string | null = null): Html {
  const { id, title, note, wide, key } = spec;
  const common = among !== null && title.startsWith(among) ? among.length : 0;
  return html`<figure class="chart${wide && ' wide'}" data-chart="${id}"${key !== undefined && html` data-key="${key}"`}>
<figcaption><h4><span class="unseen">${title.slice(0, common)}</span>${title.slice(common).replace(/^: /, '')}</h4>${among === null && html`<p class="note">${note}</p>`}</figcaption>
${among === null && legend(spec, title)}
<div class="plot"><canvas id="${id}" role="img" tabindex="0" aria-label="${ariaLabel(spec)}"></canvas></div>
<p class="unseen" aria-live="polite"></p>
<p class="downloads"><button type="button" data-download="csv" aria-label="CSV of ${title}">CSV</button>
<button type="button" data-download="png" aria-label="PNG of ${title}">PNG</button></p>
<details class="figures"><summary>Figures of this chart</summary><div class="scroll" role="region" aria-label="${title}, ${id.split('--')[0]}" tabindex="0"></div></details>
</figure>
`;
}

function ariaLabel(spec: ChartSpec): string {
  return `Chart. ${spec.title}. ${spec.note} The arrow keys go through its figures, which are also in the table below.`;
}

/** Buttons that switch series off and on; `where` is said to those who hear the page. */
export function legend(spec: Pick<ChartSpec, 'legend'>, where: string): Content {
  if (spec.legend.length === 0) return null;
  return html`<div class="legend" role="group" aria-label="Series shown in ${where}">${spec.legend.map(
    (entry: LegendEntry) => html`<button type="button" aria-pressed="true"
 data-key="${entry.key}">${swatch(entry.slot, entry.dashed)}${entry.label}</button>`,
  )}</div>`;
}
