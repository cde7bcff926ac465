/**
 * A strategy of one's own: written in the page, checked by core's laws, raced against ours. It runs in a worker
 * that can reach nothing and is ended when it gives no answer.
 */

import { javascript } from '@codemirror/lang-javascript';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { tags } from '@lezer/highlight';
import { basicSetup, EditorView } from 'codemirror';
import { WORLDS_MAX } from '../../src/state/lab-file.ts';
import { button, el, setText } from '../dom.ts';
import type { Lab } from '../lab.ts';
import { Remote } from '../remote.ts';
import { addPanel } from './panel.ts';
import { showSteps } from './steps.ts';

const NAME = 'my strategy';
const SEEDS = 30;

const EXAMPLE = `// Makes a strategy. clock.now() is in ms, random.below(n) is a whole number below n.
return ({ clock, random }) => ({
  // One of the candidates: { id, slot, weight, effectiveWeight, inFlight }.
  pick(candidates, request) {
    const a = candidates[random.below(candidates.length)];
    const b = candidates[random.below(candidates.length)];
    return a.inFlight <= b.inFlight ? a : b;
  },
  // If you want to learn: started(endpoint), firstByte(endpoint, afterMs),
  // settled(endpoint, outcome), prepare(members).
});
`;

/** The style sheet's colours, so that code can be read in both themes. */
const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--accent)' },
  { tag: [tags.string, tags.number, tags.bool], color: 'var(--pass)' },
  { tag: tags.comment, color: 'var(--muted)' },
  { tag: [tags.name, tags.punctuation, tags.operator], color: 'var(--text)' },
]);
const LOOK = EditorView.theme({
  '.cm-gutters': { backgroundColor: 'var(--sunken)', color: 'var(--muted)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
});

/** See the head of this file. */
export class OwnPanel {
  readonly #lab: Lab;
  readonly #place = el('div');
  readonly #result = el('div', { role: 'status' });
  #editor: EditorView | undefined;

  constructor(lab: Lab) {
    this.#lab = lab;
    const panel = addPanel('Write your own', [
      el('p', {}, 'JavaScript that returns a function which makes a strategy.'),
      this.#place,
      el(
        'p',
        { class: 'row' },
        button('Check and race', () => void this.#race(), { class: 'primary' }),
      ),
      this.#result,
    ]) as HTMLDetailsElement;
    panel.addEventListener('toggle', () => {
      if (panel.open) this.#makeEditor();
    });
  }

  /** The code of the world that has some, or an example; the editor is made when it is first needed. */
  #makeEditor(): void {
    if (this.#editor !== undefined) return;
    const own = this.#lab.file.strategies.find((one) => typeof one !== 'string' && 'code' in one);
    this.#editor = new EditorView({
      doc: typeof own === 'object' && 'code' in own ? own.code : EXAMPLE,
      extensions: [
        basicSetup,
        javascript(),
        syntaxHighlighting(COLOURS),
        LOOK,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': 'Code of your strategy' }),
      ],
      parent: this.#place,
    });
  }

  async #race(): Promise<void> {
    const code = this.#editor?.state.doc.toString() ?? EXAMPLE;
    this.#result.replaceChildren(el('p', {}, 'Checking the laws …'));
    const remote = new Remote(code);
    try {
      const laws = await remote.ask({ kind: 'laws', seeds: SEEDS });
      const broken = laws.filter((law) => law.broken !== undefined);
      const items = laws.map(({ name, broken: how }) => {
        if (how === undefined) return el('li', {}, `${name}: holds for ${SEEDS} seeds`);
        const law = `${name}: broken by seed ${how.seed}: ${how.message}`;
        const film = { title: `Counter-example: ${name}`, law, steps: how.steps };
        const watch = button('Watch it', () => showSteps(film));
        return el('li', { class: 'is-broken' }, law, ' ', watch);
      });
      const says =
        broken.length === 0
          ? 'All laws hold. It races now.'
          : `${broken.length} of ${laws.length} laws are broken. It races all the same.`;
      this.#result.replaceChildren(el('p', {}, says), el('ul', { class: 'laws' }, ...items));
      this.#enter(code);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const line = el('p', { class: 'problem' });
      setText(line, `Your strategy cannot be checked: ${why}`);
      this.#result.replaceChildren(line);
    } finally {
      remote.close();
    }
  }

  /** In place of the last world, or beside the others while there is room. */
  #enter(code: string): void {
    const { file } = this.#lab;
    const others = file.strategies.filter((one) => typeof one === 'string' || !('code' in one));
    const kept = others.slice(0, WORLDS_MAX - 1);
    this.#lab.open({ ...file, strategies: [...kept, { name: NAME, code }] });
  }
}
