/** The report of a run: the answer and the matrix first, then each scenario, folded until it is opened. */

import { backendLoadCharts } from '../charts/backend-load.ts';
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
import { isSimulated } from '../laws.ts';
import { type Section, sectionsOf } from '../model/arms.ts';
import { assignSlots } from '../model/slots.ts';
import { type Results, TIMES_OF } from '../results.ts';
import { contents, type Shown } from './contents.ts';
import { changes } from './differences.ts';
import { documentPage } from './document.ts';
import { answerTitle, header, kindName, repeatIt } from './header.ts';
import { type Content, type Html, html } from './html.ts';
import { scenarioSection, sectionBody } from './section.ts';
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
    ...backendLoadCharts(section),
    ...heatMaps(section),
  ].filter((chart) => chart !== null);
}

/**
 * With more simulated scenarios than this the page would be megabytes: what is folded in its scenarios is
 * carried deflated, and put in place when it is opened.
 */
const MOST_PLAIN = 6;

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
  const isLarge = sections.filter(({ simulated }) => simulated).length > MOST_PLAIN;
  const packed: Record<string, string> = {};
  const part = (simulated: boolean) =>
    charted
      .filter(({ section }) => section.simulated === simulated)
      .map(({ section, charts: own }) => {
        if (!isLarge) return scenarioSection(section, own);
        packed[section.id] = sectionBody(section, own).toString();
        return scenarioSection(section, null);
      });
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
was made from, deflated and in base64${isLarge && ', without the histograms of simulated runs'}.</p></footer>`,
    data: {
      results: isLarge ? withoutSimulatedHistograms(results) : results,
      ...(isLarge && { parts: packed }),
      charts: [...charted.flatMap((one) => one.charts), ...sweeps.map(({ chart }) => chart)],
    },
  });
}

/** Each is a kilobyte or two that no compression makes smaller; the figures drawn from them are in the charts. */
function withoutSimulatedHistograms(results: Results): Results {
  const runs = results.runs.map((run) => (isSimulated(run) ? { ...run, histogram: null } : run));
  return { ...results, runs };
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
  return html`<details class="card${simulated && ' simulated'}" id="${id}"><summary><h3>Response over load, ${where}</h3></summary>${sweeps.map((spec) => figure(spec))}</details>`;
}
