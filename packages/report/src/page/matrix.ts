/**
 * The first look: scenarios by strategies, each cell the p99 as a multiple of the best of its row. Live
 * and simulated rows stand in parts of their own, for they are never one.
 */

import type { Section } from '../model/arms.ts';
import { answered, duration, number } from '../model/format.ts';
import { type MatrixCell, matrixRow, timesText } from '../model/matrix-row.ts';
import { type Content, type Html, html } from './html.ts';
import { swatch } from './table.ts';

/** More heads than this have no room side by side, and stand upright. */
const MOST_LEVEL = 8;

/** Multiples from which on a cell has the next deeper tint. */
const TINTS = [1.1, 1.5, 2.5, 5];

interface Row {
  readonly section: Section;
  readonly cells: ReadonlyMap<string, MatrixCell>;
}

interface Head {
  readonly key: string;
  readonly slot: number;
}

/** Null where no scenario has two arms with a p99. */
export function matrix(sections: readonly Section[]): Content {
  const rows = sections.flatMap((section): Row[] => {
    const cells = matrixRow(section);
    if (cells.filter(({ times }) => times !== null).length < 2) return [];
    return [{ section, cells: new Map(cells.map((cell) => [cell.arm.key, cell])) }];
  });
  if (rows.length === 0) return null;
  const arms = rows.flatMap(({ cells }) => [...cells.values()].map(({ arm }) => arm));
  const heads = [...new Map(arms.map(({ key, slot }) => [key, { key, slot }])).values()].sort(
    (x, y) => x.slot - y.slot,
  );
  return html`<section aria-labelledby="matrix"><h2 id="matrix">Scenarios by strategies</h2>
<p class="note">p99 as a multiple of the best in its row. <b class="bad">!</b>: an objective was missed. Grey: the share answered, where it
is below 99.9\u00a0% and the latency says little. Each figure leads to its scenario, a strategy’s name sorts by it.</p>
<div class="scroll" role="region" aria-label="Matrix" tabindex="0"><table class="matrix${heads.length > MOST_LEVEL && ' upright'}">
<thead><tr><th scope="col" class="words">scenario</th>${heads.map(headCell)}</tr></thead>
${part(rows, heads, false)}${part(rows, heads, true)}</table></div></section>`;
}

function headCell({ key, slot }: Head): Html {
  return html`<th scope="col" data-key="${key}"><button type="button" class="sort" aria-label="Sort by ${key}"><span>${swatch(slot)}${key}</span></button></th>`;
}

function part(rows: readonly Row[], heads: readonly Head[], simulated: boolean): Content {
  const own = rows.filter(({ section }) => section.simulated === simulated);
  if (own.length === 0) return null;
  const where = simulated ? 'simulated' : 'live';
  return html`<tbody>${own.map(
    ({
      section,
      cells,
    }) => html`<tr><th scope="row"><a href="#${section.id}">${section.name}</a> <span class="tag">${where}</span></th>${heads.map(
      ({ key }) => cellOf(section, key, cells.get(key)),
    )}</tr>
`,
  )}</tbody>`;
}

function cellOf(section: Section, key: string, cell: MatrixCell | undefined): Html {
  if (cell === undefined || cell.times === null) return html`<td data-key="${key}">—</td>`;
  const { arm, times, failed, greyed } = cell;
  const share = answered(arm.answered);
  const tint = greyed ? 'quiet' : `tint-${TINTS.filter((from) => times >= from).length}`;
  const title = `${key}: p99 ${duration(arm.latency.p99)}, ${share} answered`;
  return html`<td class="${tint}" data-key="${key}" data-value="${Number(times.toPrecision(4))}"><a href="#${section.id}" title="${title}">${greyed ? html`<small>${shortShare(arm.answered ?? 0)}</small>` : timesText(times)}${failed && MISSED}</a></td>`;
}

/** `76.1 %`, never rounded up. */
function shortShare(share: number): string {
  return `${number(Math.floor(share * 1000 + 1e-9) / 10)}\u00a0%`;
}

const MISSED = html`<b class="bad"><span aria-hidden="true">\u00a0!</span><span class="unseen">, an objective was missed</span></b>`;
