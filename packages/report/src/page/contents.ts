/** What stays in view beside the page: its parts, each with its verdict, and the strategies that are shown. */

import type { Section } from '../model/arms.ts';
import { conclude } from '../model/verdicts.ts';
import { type Content, type Html, html } from './html.ts';
import { swatch } from './table.ts';

/** A strategy of the page: everything of its key is switched off and on together. */
export interface Shown {
  readonly key: string;
  readonly slot: number;
}

const GLYPHS = { pass: '✓', fail: '✕', unknown: '?', info: '•' } as const;

/** `others`: parts that are no scenario, by id. */
export function contents(
  sections: readonly Section[],
  others: readonly (readonly [id: string, title: string])[],
  shown: readonly Shown[],
): Html {
  const part = (simulated: boolean): Content => {
    const own = sections.filter((section) => section.simulated === simulated);
    if (own.length === 0) return null;
    return html`<h3>${simulated ? 'Simulated' : 'Live'}</h3><ul>${own.map(entry)}</ul>`;
  };
  return html`<nav id="contents" aria-label="Contents"><details open><summary>Contents</summary>
${part(false)}${part(true)}
<ul>${others.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul>
${
  shown.length > 1 &&
  html`<h3>Shown in all charts</h3><div class="legend" role="group" aria-label="Strategies shown in all charts">${shown.map(
    ({ key, slot }) =>
      html`<button type="button" aria-pressed="true" data-key="${key}">${swatch(slot)}${key}</button>`,
  )}</div>`
}</details></nav>`;
}

function entry(section: Section): Html {
  const { status, badge } = conclude(section);
  return html`<li><a href="#${section.id}"><span class="sign ${status}" aria-hidden="true">${GLYPHS[status]}</span>${section.name}<span class="unseen">: ${badge}</span></a></li>
`;
}
