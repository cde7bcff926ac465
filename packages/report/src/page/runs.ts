/** What became of the requests, which runs are void and why, and every run by itself. */

import { errorTotal } from '../laws.ts';
import type { Arm, Section } from '../model/arms.ts';
import { bytes, count, duration, number, percent, rate, UNKNOWN } from '../model/format.ts';
import type { Run } from '../results.ts';
import { badge } from './header.ts';
import { type Content, type Html, html } from './html.ts';
import { swatch, table } from './table.ts';

export function outcomeTable(section: Section): Html {
  return html`<h4>What became of the requests</h4>
${table({
  caption: 'Outcomes over the valid runs',
  head: [
    'strategy',
    'rounds',
    'sent',
    'ok',
    'errors',
    'lost',
    'served twice',
    'attempts',
    'retries',
    'ok per second',
    'CPU per request',
    'memory',
  ],
  rows: section.arms.map(outcomeRow),
})}`;
}

function outcomeRow(arm: Arm): readonly Content[] {
  const { valid, runs, requests } = arm;
  const name = html`${swatch(arm.slot, arm.repeat)}${arm.label}`;
  if (valid.length === 0) return [name, `0 of ${runs.length}`, ...Array(10).fill(UNKNOWN)];
  const cpu = knownMean(valid.map((run) => run.cpuUsPerRequest));
  return [
    name,
    valid.length === runs.length ? valid.length : `${valid.length} of ${runs.length}`,
    count(requests.sent),
    count(requests.ok),
    alarming(errorTotal(requests)),
    alarming(requests.lost),
    alarming(knownSum(valid.map((run) => run.servedTwice))),
    count(knownSum(valid.map((run) => run.attempts))),
    count(knownSum(valid.map((run) => run.retries))),
    rate(knownMean(valid.map((run) => run.throughput))),
    cpu === null ? UNKNOWN : `${number(Number(cpu.toPrecision(3)))} µs`,
    bytes(greatest(valid.map((run) => run.rssBytes))),
  ];
}

function alarming(value: number | null): Content {
  return value !== null && value > 0
    ? html`<strong class="bad">${count(value)}</strong>`
    : count(value);
}

/** Null as soon as one part is not known: a sum of the rest would pass for the whole. */
function knownSum(values: readonly (number | null)[]): number | null {
  return values.reduce((sum, value) => (sum === null || value === null ? null : sum + value), 0);
}

function knownMean(values: readonly (number | null)[]): number | null {
  const sum = knownSum(values);
  return sum === null ? null : sum / values.length;
}

function greatest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** Null where every run counts. */
export function voidRuns(section: Section): Content {
  const runs = section.arms.flatMap((arm) =>
    arm.runs.filter((run) => !run.valid).map((run) => ({ arm, run })),
  );
  if (runs.length === 0) return null;
  return html`<div class="callout"><h4>Void runs</h4>
<p class="note">The load generator did not keep its word in these, so nothing is concluded from them.</p>
<ul>${runs.map(
    ({ arm, run }) => html`<li><strong>${arm.label}</strong>, round ${run.round}: ${run.void}</li>
`,
  )}</ul></div>`;
}

/** Every run by itself, in the order of time. */
export function runTable(section: Section): Html {
  const rows = section.arms
    .flatMap((arm) => arm.runs.map((run) => ({ arm, run })))
    .sort((x, y) => x.run.startedMs - y.run.startedMs || x.run.order - y.run.order);
  return html`<details><summary>Every run (${rows.length}), and how well the load was kept</summary>
${table({
  caption: 'Every run',
  head: [
    'strategy',
    'round',
    'order',
    'seed',
    'started',
    'counted',
    'sent',
    'ok',
    'errors',
    'lost',
    'p50',
    'p99',
    'planned',
    'achieved',
    'lateness p99',
    'loop lag p99',
    'generator CPU',
  ],
  rows: rows.map(({ arm, run }) => [arm.label, ...runCells(run)]),
})}</details>`;
}

function runCells(run: Run): readonly Content[] {
  const { requests, generator, latencyMs } = run;
  return [
    run.round,
    run.order,
    run.seed,
    duration(Math.round(run.startedMs)),
    run.valid ? badge('pass', 'valid') : badge('unknown', 'void'),
    count(requests.sent),
    count(requests.ok),
    count(errorTotal(requests)),
    count(requests.lost),
    duration(latencyMs.p50),
    duration(latencyMs.p99),
    rate(generator?.plannedRate ?? null),
    rate(generator?.achievedRate ?? null),
    duration(generator?.latenessP99Ms ?? null),
    duration(generator?.loopLagP99Ms ?? null),
    percent(generator?.cpu ?? null),
  ];
}
