/** The top of the page: the answer in a sentence, when not to believe it, the matrix, and how to repeat it. */

import { answersOf, doubtsOf } from '../model/answer.ts';
import type { Section } from '../model/arms.ts';
import { byName, bytes, plural, words } from '../model/format.ts';
import type { Conclusion } from '../model/verdicts.ts';
import type { Results, Status } from '../results.ts';
import { type Content, type Html, html } from './html.ts';
import { matrix } from './matrix.ts';

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

/** The first answer, for the title of a window. */
export function answerTitle(results: Results, sections: readonly Section[]): string {
  return answersOf(results, sections)[0]?.sentence ?? results.verdict.text;
}

/** Of a bench and a simulation a badge would judge what each strategy is judged by alone. */
export function header(results: Results, sections: readonly Section[]): Html {
  const { verdict, kind } = results;
  const [first, ...others] = answersOf(results, sections);
  return html`<header>
${bar(`${kindName(results)} report`)}
<h1>${first?.sentence ?? verdict.text}</h1>
${first !== undefined && first.sure !== '' && html`<p class="sure">${first.sure}</p>`}
${others.length > 0 && html`<ul class="answers">${others.map(({ sentence, sure }) => html`<li><strong>${sentence}</strong> ${sure}</li>`)}</ul>`}
<p class="lead">${(kind === 'chaos' || verdict.status === 'fail') && badge(verdict.status, verdict.status)}
<time datetime="${results.startedAt}">${results.startedAt.slice(0, 16).replace('T', ' ')} UTC</time>
${results.runs.length > 0 && html`<span>${plural(results.runs.length, 'run')}</span>`} ${voidCount(results)}</p>
${absentArms(results)}
${doubts(results, sections)}
<noscript><p class="callout">Charts and their figures need JavaScript; verdicts and outcomes are in the tables.</p></noscript>
${matrix(sections)}
</header>
`;
}

/** The name of the page and the switch of its theme. */
export function bar(name: string): Html {
  return html`<div class="bar"><p class="eyebrow"><span class="brand">Evenkeel</span> ${name}</p>
<button type="button" id="theme" aria-pressed="false">Dark theme</button></div>`;
}

function doubts(results: Results, sections: readonly Section[]): Content {
  const all = doubtsOf(results, sections);
  if (all.length === 0) return null;
  return html`<section class="doubts" aria-labelledby="doubts"><h2 id="doubts">When not to believe it</h2><ul>${all.map(
    (doubt) => html`<li>${doubt}</li>`,
  )}</ul></section>`;
}

function absentArms({ absent = [] }: Results): Content {
  if (absent.length === 0) return null;
  return html`<div class="callout"><h2>Arms without all of their runs</h2><ul>${absent.map(
    ({ scenario, arm, reason }) => html`<li><strong>${arm}</strong> in ${scenario}: ${reason}</li>
`,
  )}</ul></div>`;
}

function voidCount(results: Results): Content {
  const n = results.runs.filter((run) => !run.valid).length;
  return n > 0 && html`<span>${plural(n, 'void run')}</span>`;
}

/** Marks what took place in virtual time. */
export function simulatedTag(): Html {
  return html`<span class="tag">simulated</span>`;
}

/** How to run it again, and where it ran. */
export function repeatIt(results: Results): Html {
  return html`<section aria-labelledby="repeat"><h2 id="repeat">Repeat it</h2>
<pre tabindex="0"><code>${results.command}</code></pre>
${environment(results)}
<p class="downloads"><button type="button" data-download="results">Download results.json</button>
<button type="button" data-download="runs">Download all runs as CSV</button></p></section>`;
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
