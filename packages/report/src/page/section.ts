/** One scenario: what was asked, what came of it, and the charts behind that. */

import type { ChartSpec } from '../charts/spec.ts';
import type { Section } from '../model/arms.ts';
import { byName, words } from '../model/format.ts';
import { conclude } from '../model/verdicts.ts';
import type { FleetGroup } from '../results.ts';
import { badge, simulatedTag } from './header.ts';
import { type Content, type Html, html } from './html.ts';
import { outcomeTable, runTable, voidRuns } from './runs.ts';
import { simulatorTable } from './simulator.ts';
import { figure } from './table.ts';
import { comparisonTable, objectiveTable } from './verdicts.ts';

export function scenarioSection(section: Section, charts: readonly ChartSpec[]): Html {
  const conclusion = conclude(section);
  return html`<section class="card${section.simulated && ' simulated'}" id="${section.id}" aria-labelledby="${section.id}-title">
<p class="eyebrow">${section.name}${section.simulated && html` ${simulatedTag()}`}</p>
<h3 id="${section.id}-title">${section.title}</h3>
<p class="lead">${badge(conclusion.status, conclusion.badge)} <span>${conclusion.text}</span></p>
${asked(section)}
${voidRuns(section)}
${comparisonTable(section)}
${simulatorTable(section)}
${objectiveTable(section)}
<div class="charts">${charts.map(figure)}</div>
${
  hasDash(section) &&
  html`<p class="note after">— : too few samples. A percentile p is given from 10/(1 − p)
answers on: p50 from 20, p90 from 100, p99 from 1,000, p99.9 from 10,000.</p>`
}
${outcomeTable(section)}
${runTable(section)}
</section>
`;
}

function hasDash(section: Section): boolean {
  return section.arms.some((arm) => Object.values(arm.latency).includes(null));
}

/** The fleet and the load in words. */
function asked({ scenario }: Section): Content {
  if (scenario === null) return null;
  return html`<dl class="facts"><div><dt>Fleet</dt><dd>${scenario.fleet.map(
    (group, i) => html`${i > 0 && '; '}${fleetWords(group)}`,
  )}</dd></div>
<div><dt>Load</dt><dd>${figures(scenario.load)}</dd></div></dl>`;
}

function fleetWords(group: FleetGroup): string {
  const weight = group.weight === undefined || group.weight === 1 ? '' : `, weight ${group.weight}`;
  return `${group.count} × ${group.id} (${group.concurrency} at a time, ${figures(group.service)}${weight})`;
}

/** `kind open, arrivals poisson, rate 600/s, keys (count 1,000, zipf 1)`. */
function figures(record: Readonly<Record<string, unknown>>): string {
  return Object.entries(record)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      if (typeof value === 'number') return `${words(key)} ${byName(key, value)}`;
      if (isRecord(value)) return `${words(key)} (${figures(value)})`;
      return `${words(key)} ${typeof value === 'string' ? value : JSON.stringify(value)}`;
    })
    .join(', ');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
