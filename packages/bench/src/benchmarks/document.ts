/**
 * docs/benchmarks.md as text: what was measured, where, and what it does not say. Every figure comes from
 * the results; the sentences are the same each time, so that a test can hold the committed document to them.
 */

import { format, foundMarkdown, matrixMarkdown, type Results, sectionsOf } from '@evenkeel/report';

/** What the document is made of. */
export interface Measured {
  /** Live and simulated runs. */
  readonly results: Results;
  /** The proxies side by side: sections of Markdown, as `pnpm bench:proxy` writes them. */
  readonly proxies: string;
  /** Day of the measurement, `2026-11-25`. */
  readonly date: string;
  /** Names and versions of the programs beside Evenkeel; null: not installed. */
  readonly versions: Readonly<Record<string, string | null>>;
}

/** Strategies that look at the request; the others look at the backends. */
const BY_KEY: ReadonlySet<string> = new Set([
  'ip-hash',
  'header-hash',
  'cookie-hash',
  'ring-hash',
  'maglev',
  'bounded-hash',
  'sticky',
]);

/** The whole document. */
export function benchmarksDocument({ results, proxies, date, versions }: Measured): string {
  const parts = [
    `# Benchmarks\n\n${intro(date)}`,
    `## Where\n\n${where(results, versions)}`,
    `## Strategies, simulated\n\n${simulated(results)}`,
    `## Strategies, live\n\n${live(results)}`,
    `## Beside other proxies\n\n${besideOthers(proxies, versions)}`,
    `## What the figures do not say\n\n${DOUBTS}`,
    `## Do it again\n\n${again(results)}`,
  ];
  return `${parts.map((part) => part.trim()).join('\n\n')}\n`;
}

function intro(date: string): string {
  return `Measured on ${date}. This file is written by one command, figures and all; its end says how to repeat it.`;
}

function where(
  { environment: { node, os, cpuModel, cores, memoryBytes }, git }: Results,
  versions: Measured['versions'],
): string {
  const rows = [
    ['processor', `${cpuModel}, ${cores} cores that other programs use too`],
    ['memory', format.bytes(memoryBytes)],
    ['system', os],
    ['Node', node],
    ...Object.entries(versions).map(([name, version]) => [name, version ?? 'not installed']),
    ['commit', git === null ? 'unknown' : `\`${git.commit.slice(0, 12)}\``],
  ];
  return ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join(
    '\n',
  );
}

function simulated(results: Results): string {
  const sections = sectionsOf(results).filter((section) => section.simulated);
  const strategies = [...new Set(sections.flatMap(({ arms }) => arms.map(({ key }) => key)))];
  const ofKind = (isByKey: boolean) => strategies.filter((name) => BY_KEY.has(name) === isByKey);
  return `Every strategy in every scenario, in virtual time: the strategies are those that route live traffic, the machines are a
model. A figure is the p99 as a multiple of the best of its row, over both tables; the best is bold. A percentage is the
share answered: where it is below 99.9 %, latencies say little. !: an objective of the scenario was missed. What
each scenario asks is in [scenarios/](../scenarios).

Strategies that look at the backends:

${matrixMarkdown(sections, ofKind(false))}

Strategies that look at the request. They keep a client at its backend, and pay for it with balance:

${matrixMarkdown(sections, ofKind(true))}`;
}

function live(results: Results): string {
  const runs = results.runs.filter(({ subject }) => subject === 'evenkeel');
  return `Real requests through a real Evenkeel to real backends, in interleaved rounds under the same arrivals and the same
work. Intervals hold together with 95 %. [Comparing](03-comparing.md) says how verdicts are reached.

${foundMarkdown({ ...results, runs })}`;
}

function besideOthers(proxies: string, versions: Measured['versions']): string {
  const absent = Object.entries(versions).flatMap(([name, version]) =>
    version === null ? [name] : [],
  );
  const left =
    absent.length === 0 ? '' : ` Not installed here, and so not measured: ${absent.join(', ')}.`;
  return `Each proxy on one core, load (wrk) and backends on the other; keep-alive on both sides, round robin, no log. CPU per
request is the figure to compare: it holds even where the load's core is the limit. Figures are medians over
the rounds, ratios those of the same round.${left}

${proxies.trim()}`;
}

const DOUBTS = `- **The machine is shared.** Two cores serve load, proxy and backends, and other programs. Absolute figures drift by 10 to 30 %
  between minutes; compare ratios within a table, never figures of two tables.
- **Everything is on the loopback interface.** No network adds its latency, loses packets or limits bandwidth.
- **A simulation is a model.** It predicts what queueing does, not what a machine does. \`pnpm bench --compare-sim\` holds it
  against live runs.
- **One load, one fleet.** Each scenario is one point. Another load or another fleet may change the order of strategies;
  \`pnpm bench --sweep\` looks at more.
- **wrk is a closed loop.** It waits for each answer before it sends again, so its p99 says nothing of what a
  slow proxy would do to clients that do not wait.
- **Settings are the usual ones, not the best ones.** Each of the other proxies can be made faster for a given load, and so can this one.`;

function again({ command }: Results): string {
  return `\`\`\`
${command}
\`\`\`

On Linux with two cores or more, with \`wrk\`, \`taskset\`, \`nginx\`, \`haproxy\` and \`go\`; what is missing is left out. It takes ten minutes
of a machine that does nothing else.`;
}
