/** Whether the load generator kept to its plan: each run as a tick, those that did not by name and reason. */

import type { Section } from '../model/arms.ts';
import { count, duration, percent } from '../model/format.ts';
import { generatorProcesses, HONESTY_HEADS, honestyCells } from '../model/honesty.ts';
import type { Run } from '../results.ts';
import { type Content, html } from './html.ts';
import { swatch, table } from './table.ts';

/** Null where every run counts. */
export function voidRuns(section: Section): Content {
  const runs = section.arms.flatMap((arm) =>
    arm.runs.filter((run) => !run.valid).map((run) => ({ arm, run })),
  );
  if (runs.length === 0) return null;
  return html`<div class="callout"><h4>Void runs</h4>
<p class="note">The load generator did not keep its word in these, so nothing is concluded from their times.</p>
<ul>${runs.map(
    ({ arm, run }) => html`<li><strong>${arm.label}</strong>, round ${run.round}: ${run.void}</li>
`,
  )}</ul></div>`;
}

/** A row for each arm: its runs in order, and the worst that its generator did. Null of simulated runs. */
export function honestyStrip({ id, arms }: Section): Content {
  const own = arms.filter(({ runs }) => runs.some(({ generator }) => generator !== null));
  if (own.length === 0) return null;
  return html`<h4>Did the generator keep its word?</h4>
<p class="note">One mark for each run: ✓ it did, ✕ it was late or overloaded, and the run is void. Beside them the worst
run of each strategy: the rate that was sent of the rate planned, and how late sends, event loop and processor were.</p>
${table({
  caption: 'Honesty of the generator',
  of: id,
  prose: [1],
  head: ['strategy', 'runs', ...HONESTY_HEADS],
  rows: own.map((arm) => [
    html`${swatch(arm.slot, arm.repeat)}${arm.label}`,
    html`<span class="strip">${arm.runs.toSorted((x, y) => x.round - y.round).map(tick)}</span>`,
    ...honestyCells(arm.runs.flatMap(({ generator }) => generator ?? [])),
  ]),
})}
${processTable(own.flatMap(({ runs }) => runs))}`;
}

function tick(run: Run): Content {
  const { valid, generator, round } = run;
  const title = `round ${round}: ${valid ? 'valid' : `void, ${run.void}`}${
    generator === null
      ? ''
      : `; lateness ${duration(generator.latenessP99Ms)}, loop lag ${duration(generator.loopLagP99Ms)}, CPU ${percent(generator.cpu, 0)}`
  }`;
  return html`<span class="${valid ? 'sign pass' : 'sign fail'}" title="${title}"><span aria-hidden="true">${valid ? '✓' : '✕'}</span><span class="unseen">${title}</span></span>`;
}

/** A row for each process of the generator, where there are several. */
function processTable(runs: readonly Run[]): Content {
  const processes = generatorProcesses(runs);
  if (processes.length === 0) return null;
  return html`<p class="note">${processes.length} processes sent the load together; each has kept its word for itself, or the run is void.</p>
${table({
  caption: 'Processes of the generator',
  head: ['process', 'requests sent', ...HONESTY_HEADS],
  rows: processes.map((mine, i) => [
    `generator ${i + 1}`,
    count(mine.reduce((sum, { sent }) => sum + sent, 0)),
    ...honestyCells(mine),
  ]),
})}`;
}
