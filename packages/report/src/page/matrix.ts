/**
 * The first look: strategies by scenarios, each cell the p99 as a multiple of the best of its
 * scenario. Live and simulated figures are two tables, for they are never one.
 */

import { isMostlyAnswered } from '../figures.ts';
import type { Arm, Section } from '../model/arms.ts';
import { answered, duration } from '../model/format.ts';
import { runStatus } from '../model/verdicts.ts';
import { type Content, type Html, html } from './html.ts';
import { swatch } from './table.ts';

/** Multiples from which on a cell has the next deeper tint. */
const TINTS = [1.1, 1.5, 2.5, 5];

/** One cell's figures, apart from how they are drawn. */
export interface MatrixCell {
  readonly arm: Arm;
  /** p99 over the smallest p99 of the scenario's arms that answered; null where it has none. */
  readonly times: number | null;
  readonly failed: boolean;
  readonly greyed: boolean;
}

/** The cells of one scenario. The best is chosen among the arms that answered nearly everything, if any did. */
export function matrixRow({ arms }: Pick<Section, 'arms'>): readonly MatrixCell[] {
  const shown = arms.filter((arm) => !arm.repeat);
  const sound = shown.filter((arm) => isMostlyAnswered(arm.requests));
  const candidates = sound.length > 0 ? sound : shown;
  const known = candidates.map((arm) => arm.latency.p99).filter((p99) => p99 !== null);
  const best = Math.min(...known);
  return shown.map((arm) => ({
    arm,
    times: arm.latency.p99 === null || known.length === 0 ? null : arm.latency.p99 / best,
    failed: arm.runs.some((run) => runStatus(run) === 'fail'),
    greyed: !isMostlyAnswered(arm.requests),
  }));
}

/** Both tables; null where no scenario has two arms with a p99. */
export function matrices(sections: readonly Section[]): Content {
  const parts = [false, true].map((simulated) =>
    matrix(
      sections.filter((section) => section.simulated === simulated),
      simulated,
    ),
  );
  if (parts.every((part) => part === null)) return null;
  return html`<section aria-labelledby="matrix"><h2 id="matrix">Strategies by scenarios</h2>
<p class="note">p99 as a multiple of the best of each scenario. ✕: an objective was missed. Grey: less than 99.9\u00a0% was
answered, so that the latencies say little. Each figure leads to its scenario.</p>${parts}</section>`;
}

function matrix(sections: readonly Section[], simulated: boolean): Content {
  const rows = sections
    .map((section) => ({ section, cells: matrixRow(section) }))
    .filter(({ cells }) => cells.filter(({ times }) => times !== null).length > 1);
  const arms = new Map(rows.flatMap(({ cells }) => cells.map(({ arm }) => [arm.id, arm] as const)));
  if (rows.length === 0) return null;
  const where = simulated ? 'Simulated' : 'Live';
  return html`<h3 class="matrix-part">${where}</h3>
<div class="scroll" role="region" aria-label="${where}: strategies by scenarios" tabindex="0"><table class="matrix">
<thead><tr><th scope="col" class="words">strategy</th>${rows.map(
    ({ section }) => html`<th scope="col"><a href="#${section.id}">${section.name}</a></th>`,
  )}</tr></thead>
<tbody>${[...arms.values()].map(
    (arm) => html`<tr><th scope="row">${swatch(arm.slot)}${arm.label}</th>${rows.map((row) =>
      cellOf(
        row.section,
        row.cells.find((cell) => cell.arm.id === arm.id),
      ),
    )}</tr>
`,
  )}</tbody></table></div>`;
}

function cellOf(section: Section, cell: MatrixCell | undefined): Html {
  if (cell === undefined || cell.times === null) return html`<td>—</td>`;
  const { arm, times, failed, greyed } = cell;
  const tint = greyed ? 'quiet' : `tint-${TINTS.filter((from) => times >= from).length}`;
  const title = `p99 ${duration(arm.latency.p99)}, ${answered(arm.answered)} answered`;
  return html`<td class="${tint}"><a href="#${section.id}" title="${title}">${timesText(times)}${failed && ' ✕'}</a></td>`;
}

/** `1.00`, `2.5`, `14`. */
function timesText(times: number): string {
  return `×\u00a0${times.toFixed(times < 1.995 ? 2 : times < 9.95 ? 1 : 0)}`;
}
