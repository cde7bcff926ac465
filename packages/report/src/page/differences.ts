/** What has changed between two saved runs, as a part of a page and as a page of its own. */

import type { Difference, DifferenceSide, Differences } from '../differences.ts';
import { differenceCells, differencesSentence } from '../model/differences.ts';
import { plural, roundPercent } from '../model/format.ts';
import { documentPage } from './document.ts';
import { intervalDrawing, widestChange } from './forest.ts';
import { bar } from './header.ts';
import { type Content, type Html, html } from './html.ts';
import { table } from './table.ts';

/** A page of its own. */
export function renderDifferences(found: Differences): string {
  const sentence = differencesSentence(found);
  return documentPage({
    title: `${sentence} · Evenkeel comparison of two runs`,
    body: html`<header>${bar('comparison of two runs')}
<h1>${sentence}</h1></header>
<main id="figures">${changes(found)}</main>
<footer><p>This page holds its own figures: the element <code>#differences</code> is the differences.json beside
it, deflated and in base64.</p></footer>`,
    data: { differences: found, charts: [] },
  });
}

/** The table of all differences, and which files they are of. */
export function changes(found: Differences): Html {
  const { differences, margin, before, now, notes } = found;
  const span = widestChange(differences.map(({ change, low, high }) => [change, low, high]));
  return html`<section class="card plain" id="changes"><h2>Against before</h2>
<p class="note">Ratios to the same reference can be compared over machines and days, times cannot; a reference’s own
times count where both files are of one machine. The change is now over before, with an interval (Welch); all
of them hold together with 95\u00a0%. Worse or better: the whole interval is beyond ${roundPercent(margin)}${
    differences.some(({ metric }) => metric === 'answered') &&
    ', of a share answered beyond 0.1\u00a0%'
  }.</p>
${table({
  caption: 'Differences',
  prose: [1, 2, 5, 6],
  head: ['scenario', 'strategy', 'figure', 'before', 'now', 'change (interval)', 'verdict'],
  rows: differences.map((one) => row(one, differences, span)),
})}
${notes.length > 0 && html`<ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>`}
<dl class="facts">${side('Before', before)}${side('Now', now)}</dl></section>`;
}

function row(one: Difference, all: readonly Difference[], span: number): readonly Content[] {
  const { arm, figure, before, now, change } = differenceCells(one, all);
  const { verdict, reason, rounds } = one;
  return [
    one.scenario,
    arm,
    figure,
    before,
    now,
    html`${intervalDrawing(one.change, one.low, one.high, span)} ${change}`,
    html`<span class="verdict ${VERDICT_CLASS[verdict]}">${verdict}</span>${
      reason !== undefined && html`<br><span class="quiet">${reason}</span>`
    }<br><span class="quiet">${rounds.before} and ${plural(rounds.now, 'round')}</span>`,
  ];
}

/** The classes of comparisons: a is the better one, b the worse. */
const VERDICT_CLASS = { worse: 'b', better: 'a', same: 'tie', unresolved: 'unresolved' } as const;

function side(name: string, { startedAt, commit, machine, command }: DifferenceSide): Html {
  return html`<div><dt>${name}</dt><dd>${startedAt.slice(0, 16).replace('T', ' ')} UTC${
    commit !== null && html`, commit <code>${commit.slice(0, 12)}</code>`
  }; ${machine}<br><code>${command}</code></dd></div>`;
}
