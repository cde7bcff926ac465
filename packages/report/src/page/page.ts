/** The report of a run: the answer and the matrix first, then each scenario, folded until it is opened. */

import { backendChart, errorCauseChart } from '../charts/bars.ts';
import { costCharts } from '../charts/costs.ts';
import { heatMaps } from '../charts/heat.ts';
import { overlayChart } from '../charts/overlay.ts';
import { percentileChart } from '../charts/percentiles.ts';
import { roundChart } from '../charts/rounds.ts';
import type { ChartSpec } from '../charts/spec.ts';
import { spectrumChart } from '../charts/spectrum.ts';
import { sweepChart } from '../charts/sweep.ts';
import { timelineCharts } from '../charts/timeline.ts';
import { type Section, sectionsOf } from '../model/arms.ts';
import { assignSlots } from '../model/slots.ts';
import { type Results, TIMES_OF } from '../results.ts';
import { contents, type Shown } from './contents.ts';
import { changes } from './differences.ts';
import { documentPage } from './document.ts';
import { answerTitle, header, kindName, repeatIt } from './header.ts';
import { type Content, type Html, html } from './html.ts';
import { scenarioSection } from './section.ts';
import { figure } from './table.ts';

/** The charts of one section, in the order of a reader's questions. */
export function sectionCharts(section: Section): readonly ChartSpec[] {
  return [
    ...TIMES_OF.map((of) => overlayChart(section, of)),
    percentileChart(section),
    roundChart(section),
    spectrumChart(section),
    ...timelineCharts(section),
    backendChart(section),
    errorCauseChart(section),
    ...costCharts(section),
    ...heatMaps(section),
  ].filter((chart) => chart !== null);
}

/** The page as one string of HTML that needs no network. */
export function renderReport(results: Results): string {
  const sections = sectionsOf(results);
  const charted = sections.map((section) => ({ section, charts: sectionCharts(section) }));
  const slots = assignSlots(results);
  const sweeps = (results.sweeps ?? []).map((sweep, i) => ({
    live: sweep.live === true,
    chart: sweepChart(sweep, i, slots),
  }));
  const sweepsOf = (live: boolean) =>
    sweeps.filter((one) => one.live === live).map(({ chart }) => chart);
  const part = (simulated: boolean) =>
    charted
      .filter(({ section }) => section.simulated === simulated)
      .map((one) => scenarioSection(one.section, one.charts));
  const shown = [...slots].map(([key, slot]): Shown => ({ key, slot }));
  const others = [
    ...(results.differences === undefined ? [] : ([['changes', 'Against before']] as const)),
    ...(sweeps.length > 0 ? ([['sweeps', 'Response over load']] as const) : []),
    ['repeat', 'Repeat it'] as const,
  ];
  return documentPage({
    title: `${answerTitle(results, sections)} · Evenkeel ${kindName(results)} report`,
    body: html`${header(results, sections)}
<div class="columns">${contents(
      sections,
      others,
      shown.sort((x, y) => x.slot - y.slot),
    )}
<main id="figures">${results.differences !== undefined && changes(results.differences)}
${part(false)}
${sweepsOf(true).length > 0 && sweepCard(sweepsOf(true), false, 'sweeps')}
${simulatedPart(part(true), sweepsOf(false), sweepsOf(true).length > 0)}
${repeatIt(results)}</main></div>
<footer><p>This page holds its own figures: the element <code>#results</code> is the results.json that it
was made from, deflated and in base64.</p></footer>`,
    data: {
      results,
      charts: [...charted.flatMap((one) => one.charts), ...sweeps.map(({ chart }) => chart)],
    },
  });
}

function simulatedPart(
  sections: readonly Html[],
  sweeps: readonly ChartSpec[],
  hasLiveSweep: boolean,
): Content {
  if (sections.length === 0 && sweeps.length === 0) return null;
  return html`<h2 class="part">Simulated</h2>
<p class="note">In virtual time: the same strategies, driven by a discrete-event simulator.</p>
${sections}
${sweeps.length > 0 && sweepCard(sweeps, true, hasLiveSweep ? 'sweeps-simulated' : 'sweeps')}`;
}

function sweepCard(sweeps: readonly ChartSpec[], simulated: boolean, id: string): Html {
  const where = simulated ? 'simulated' : 'live';
  return html`<details class="card${simulated && ' simulated'}" id="${id}"><summary><h3>Response over load, ${where}</h3></summary>${sweeps.map(figure)}</details>`;
}
