/** One scenario, folded until it is opened: what was asked, what came of it, and the charts behind that. */

import type { ChartSpec } from '../charts/spec.ts';
import type { Section } from '../model/arms.ts';
import { fleetWords, loadWords, recordWords } from '../model/fleet.ts';
import { conclude } from '../model/verdicts.ts';
import type { ScenarioSummary } from '../results.ts';
import { badge, simulatedTag } from './header.ts';
import { honestyStrip, voidRuns } from './honesty.ts';
import { type Content, type Html, html } from './html.ts';
import { outcomeTable, runTable } from './runs.ts';
import { simulatorTable } from './simulator.ts';
import { figure, legend } from './table.ts';
import { comparisonTable, objectiveTable } from './verdicts.ts';

/** `charts`: null where the page carries the body elsewhere. */
export function scenarioSection(section: Section, charts: readonly ChartSpec[] | null): Html {
  const conclusion = conclude(section);
  const { id, name, title, simulated } = section;
  return html`<details class="card${simulated && ' simulated'}" id="${id}"${charts === null && html` data-part="${id}"`}>
<summary><span class="eyebrow">${name}${simulated && html` ${simulatedTag()}`}</span>
<h3>${title}</h3>
<span class="lead">${badge(conclusion.status, conclusion.badge)} <span>${conclusion.text}</span></span></summary>
${charts !== null && sectionBody(section, charts)}
</details>
`;
}

/** What is seen when it is opened. */
export function sectionBody(section: Section, charts: readonly ChartSpec[]): Html {
  return html`${asked(section)}
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
${runTable(section)}`;
}

/** Charts side by side; those of a folded part under its name, with what they have in common said once. */
function chartParts(charts: readonly ChartSpec[]): Content {
  const parts = Map.groupBy(charts, ({ folded = '' }) => folded);
  return [...parts].map(([name, own]) =>
    name === ''
      ? html`<div class="charts">${own.map((spec) => figure(spec))}</div>`
      : foldedPart(name, own),
  );
}

function foldedPart(name: string, charts: readonly ChartSpec[]): Html {
  const [first] = charts;
  return html`<details class="fold"><summary>${name}, a chart for each strategy (${charts.length})</summary>
${first !== undefined && html`<p class="note">${first.note}</p>${legend(first, name)}`}
<div class="charts alike">${charts.map((spec) => figure(spec, name))}</div></details>`;
}

function hasDash(section: Section): boolean {
  return section.arms.some((arm) => Object.values(arm.latency).includes(null));
}

function loadFacts(scenario: ScenarioSummary): string {
  const rate = loadWords(scenario);
  if (rate === null) return recordWords(scenario.load);
  const {
    kind: _kind,
    ratePerSecond: _rate,
    fraction: _share,
    connections: _all,
    ...others
  } = scenario.load;
  return `${rate}; ${recordWords(others)}`;
}

/** The question and what was expected, the fleet and the load. */
function asked({ scenario }: Section): Content {
  if (scenario === null) return null;
  const { question, expected, fleet } = scenario;
  const rows: readonly (readonly [string, Content])[] = [
    ['Question', typeof question === 'string' && question],
    ['Expected', typeof expected === 'string' && expected],
    ['Fleet', fleet.map((group, i) => html`${i > 0 && '; '}${fleetWords(group)}`)],
    ['Load', loadFacts(scenario)],
  ];
  return html`<dl class="facts">${rows.map(
    ([name, text]) => text !== false && html`<div><dt>${name}</dt><dd>${text}</dd></div>`,
  )}</dl>`;
}
