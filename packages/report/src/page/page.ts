/**
 * The whole document. It carries everything it needs: scripts, styles and figures are in the file,
 * and its content security policy forbids any other, by their hashes, and all network access.
 */

import { backendChart, errorCauseChart } from '../charts/bars.ts';
import { overlayChart } from '../charts/overlay.ts';
import { percentileChart } from '../charts/percentiles.ts';
import type { ChartSpec } from '../charts/spec.ts';
import { sweepChart } from '../charts/sweep.ts';
import { timelineCharts } from '../charts/timeline.ts';
import { type Section, sectionsOf } from '../model/arms.ts';
import { assignSlots } from '../model/slots.ts';
import { type Results, TIMES_OF } from '../results.ts';
import { type Asset, loadAssets } from './assets.ts';
import { header, kindName } from './header.ts';
import { type Content, Html, html, jsonForScript } from './html.ts';
import { scenarioSection } from './section.ts';
import { figure } from './table.ts';

/** The charts of one section, in the order of a reader's questions. */
export function sectionCharts(section: Section): readonly ChartSpec[] {
  return [
    ...TIMES_OF.map((of) => overlayChart(section, of)),
    percentileChart(section),
    ...timelineCharts(section),
    backendChart(section),
    errorCauseChart(section),
  ].filter((chart) => chart !== null);
}

/** The page as one string of HTML that needs no network. */
export function renderReport(results: Results): string {
  const { styles, scripts } = loadAssets();
  const sections = sectionsOf(results).map((section) => ({
    section,
    charts: sectionCharts(section),
  }));
  const slots = assignSlots(results);
  const sweeps = (results.sweeps ?? []).map((sweep, i) => ({
    live: sweep.live === true,
    chart: sweepChart(sweep, i, slots),
  }));
  const charts = [...sections.flatMap((one) => one.charts), ...sweeps.map(({ chart }) => chart)];
  const sweepsOf = (live: boolean) =>
    sweeps.filter((one) => one.live === live).map(({ chart }) => chart);
  const part = (simulated: boolean) =>
    sections
      .filter(({ section }) => section.simulated === simulated)
      .map((one) => scenarioSection(one.section, one.charts));
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(styles, scripts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${results.verdict.text} · Evenkeel ${kindName(results)} report</title>
<style>${new Html(styles.text)}</style></head>
<body><a class="skip" href="#figures">Skip to the figures</a>
${header(
  results,
  sections.map((one) => one.section),
)}
<main id="figures">${part(false)}
${sweepsOf(true).length > 0 && sweepCard(sweepsOf(true), false)}
${simulatedPart(part(true), sweepsOf(false))}</main>
<footer><p>This page holds its own figures: the element <code>#results</code> is the results.json that it
was made from.</p></footer>
<script type="application/json" id="results">${jsonForScript(results)}</script>
<script type="application/json" id="charts">${jsonForScript(charts)}</script>
${scripts.map((script) => html`<script>${new Html(script.text)}</script>`)}
</body></html>
`.toString();
}

function simulatedPart(sections: readonly Html[], sweeps: readonly ChartSpec[]): Content {
  if (sections.length === 0 && sweeps.length === 0) return null;
  return html`<h2 class="part">Simulated</h2>
<p class="callout">What follows took place in virtual time: the same strategies, driven by a discrete-event
simulator. It says what a queueing model predicts, not what a machine did.</p>
${sections}
${sweeps.length > 0 && sweepCard(sweeps, true)}`;
}

function sweepCard(sweeps: readonly ChartSpec[], simulated: boolean): Html {
  const where = simulated ? 'simulated' : 'live';
  return html`<section class="card${simulated && ' simulated'}"><h3>Response over load, ${where}</h3>${sweeps.map(figure)}</section>`;
}

function policy(styles: Asset, scripts: readonly Asset[]): string {
  const sources = scripts.map((script) => `'${script.hash}'`).join(' ');
  return `default-src 'none'; script-src ${sources}; style-src '${styles.hash}'; img-src data:; base-uri 'none'; form-action 'none'`;
}
