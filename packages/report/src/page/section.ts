/** One scenario, folded until it is opened: what was asked, what came of it, and the charts behind that. */

import type { ChartSpec } from '../charts/spec.ts';
import type { Section } from '../model/arms.ts';
import { fleetWords, recordWords } from '../model/fleet.ts';
import { conclude } from '../model/verdicts.ts';
import { badge, simulatedTag } from './header.ts';
import { honestyStrip, voidRuns } from './honesty.ts';
import { type Content, type Html, html } from './html.ts';
import { outcomeTable, runTable } from './runs.ts';
import { simulatorTable } from './simulator.ts';
import { figure } from './table.ts';
import { comparisonTable, objectiveTable } from './verdicts.ts';

export function scenarioSection(section: Section, charts: readonly ChartSpec[]): Html {
  const conclusion = conclude(section);
  return html`<details class="card${section.simulated && ' simulated'}" id="${section.id}">
<summary><span class="eyebrow">${section.name}${section.simulated && html` ${simulatedTag()}`}</span>
<h3>${section.title}</h3>
<span class="lead">${badge(conclusion.status, conclusion.badge)} <span>${conclusion.text}</span></span></summary>
${asked(section)}
${voidRuns(section)}
${comparisonTable(section)}
${simulatorTable(section)}
${objectiveTable(section)}
${chartParts(charts)}
${
  hasDash(section) &&
  html`<p class="note after">— : too few samples. A percentile p is given from 10/(1 − p)
answers on: p50 from 20, p90 from 100, p99 from 1,000, p99.9 from 10,000.</p>`
}
${outcomeTable(section)}
${honestyStrip(section)}
${runTable(section)}
</details>
`;
}

/** Charts side by side; those of a folded part under its name. */
function chartParts(charts: readonly ChartSpec[]): Content {
  const parts = Map.groupBy(charts, ({ folded = '' }) => folded);
  return [...parts].map(([name, own]) =>
    name === ''
      ? html`<div class="charts">${own.map(figure)}</div>`
      : html`<details class="fold"><summary>${name} (${own.length})</summary><div class="charts">${own.map(figure)}</div></details>`,
  );
}

function hasDash(section: Section): boolean {
  return section.arms.some((arm) => Object.values(arm.latency).includes(null));
}

/** The question and what was expected, the fleet and the load. */
function asked({ scenario }: Section): Content {
  if (scenario === null) return null;
  const { question, expected, fleet, load } = scenario;
  const rows: readonly (readonly [string, Content])[] = [
    ['Question', typeof question === 'string' && question],
    ['Expected', typeof expected === 'string' && expected],
    ['Fleet', fleet.map((group, i) => html`${i > 0 && '; '}${fleetWords(group)}`)],
    ['Load', recordWords(load)],
  ];
  return html`<dl class="facts">${rows.map(
    ([name, text]) => text !== false && html`<div><dt>${name}</dt><dd>${text}</dd></div>`,
  )}</dl>`;
}
