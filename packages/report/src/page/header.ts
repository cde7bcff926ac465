/** The top of the page: the verdict in a sentence, each scenario's badge, and how to repeat it. */

import type { Section } from '../model/arms.ts';
import { byName, bytes, plural, words } from '../model/format.ts';
import { type Conclusion, conclude } from '../model/verdicts.ts';
import type { Results, Status } from '../results.ts';
import { type Content, type Html, html } from './html.ts';
import { matrices } from './matrix.ts';

const KINDS = { bench: 'Bench', chaos: 'Chaos', sim: 'Simulation' } as const;

const GLYPHS: Readonly<Record<Conclusion['status'], string>> = {
  pass: '✓',
  fail: '✕',
  unknown: '?',
  info: '•',
};

/** A verdict by word, sign and colour. */
export function badge(status: Status | 'info', text: string): Html {
  return html`<span class="badge ${status}"><span aria-hidden="true">${GLYPHS[status]}</span> ${text}</span>`;
}

/** The same for a table's cell: the word is there for those who hear the page. */
export function sign(status: Status): Html {
  return html`<span class="sign ${status}"><span aria-hidden="true">${GLYPHS[status]}</span><span class="unseen">${status}</span></span>`;
}

export function kindName(results: Results): string {
  return KINDS[results.kind];
}

export function header(results: Results, sections: readonly Section[]): Html {
  const { verdict } = results;
  return html`<header>
<div class="bar"><p class="eyebrow"><span class="brand">Evenkeel</span> ${kindName(results)} report</p>
<button type="button" id="theme" aria-pressed="false">Dark theme</button></div>
<h1>${verdict.text.replace(/(\d) %/g, '$1\u00a0%')}</h1>
<p class="lead">${badge(verdict.status, verdict.status)}
<time datetime="${results.startedAt}">${results.startedAt.slice(0, 16).replace('T', ' ')} UTC</time>
${results.runs.length > 0 && html`<span>${plural(results.runs.length, 'run')}</span>`} ${voidCount(results)}</p>
${absentArms(results)}
<noscript><p class="callout">Charts need JavaScript; every figure is in the tables.</p></noscript>
${matrices(sections)}
${glance(sections)}
<h2>Repeat it</h2>
<pre tabindex="0"><code>${results.command}</code></pre>
${environment(results)}
</header>
`;
}

function absentArms({ absent = [] }: Results): Content {
  if (absent.length === 0) return null;
  return html`<div class="callout"><h4>Arms without all of their runs</h4><ul>${absent.map(
    ({ scenario, arm, reason }) => html`<li><strong>${arm}</strong> in ${scenario}: ${reason}</li>
`,
  )}</ul></div>`;
}

function voidCount(results: Results): Content {
  const n = results.runs.filter((run) => !run.valid).length;
  return n > 0 && html`<span>${plural(n, 'void run')}</span>`;
}

function glance(sections: readonly Section[]): Content {
  if (sections.length === 0) return null;
  return html`<nav aria-label="Scenarios"><h2>At a glance</h2><ul class="glance">${sections.map(
    (section) => {
      const { status, badge: text, text: sentence } = conclude(section);
      return html`<li><a href="#${section.id}">${section.title}</a>
${badge(status, text)}${section.simulated && html` ${simulatedTag()}`}
<p class="note">${sentence}</p></li>
`;
    },
  )}</ul></nav>`;
}

/** Marks what took place in virtual time. */
export function simulatedTag(): Html {
  return html`<span class="tag">simulated</span>`;
}

function environment(results: Results): Html {
  const { node, os, arch, cpuModel, cores, memoryBytes, ...others } = results.environment;
  const rows: readonly (readonly [string, Content])[] = [
    ['Seed', results.seed],
    ['Commit', commit(results)],
    ['Node', node],
    ['System', `${os}, ${arch}`],
    ['Processor', `${cpuModel}, ${plural(cores, 'core')}`],
    ['Memory', bytes(memoryBytes)],
    ...Object.entries(others).map(
      ([key, value]) =>
        [words(key), typeof value === 'number' ? byName(key, value) : String(value)] as const,
    ),
  ];
  return html`<dl class="facts">${rows.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>
`,
  )}</dl>`;
}

function commit({ git }: Results): Content {
  if (git === null) return 'not in a git checkout';
  return html`<code>${git.commit.slice(0, 12)}</code>${git.dirty && ', with local changes'}`;
}
