/** The guided tour: a lesson's text, its question, and the answer once the reader has made a prediction. */

import { type Lesson, lessons } from '../src/lessons/index.ts';
import { LAB_SCHEMA } from '../src/state/lab-file.ts';
import { button, byId, el, setAttribute } from './dom.ts';
import { unbroken } from './format.ts';
import type { Lab } from './lab.ts';

const NARROW_PX = 768;

/** See the head of this file. */
export class Tour {
  readonly #lab: Lab;
  readonly #place = byId('tour');
  #at = 0;

  constructor(lab: Lab) {
    this.#lab = lab;
    byId('tour-open').addEventListener('click', () => {
      if (this.#place.hidden) this.show(this.#at);
      else this.close();
    });
    // Another scenario is no lesson.
    lab.listen((change) => {
      const name = lessons[this.#at]?.scenario.name;
      if (change === 'file' && lab.scenario.name !== name) this.close();
    });
  }

  /** Opens a lesson: its preset in the worlds, its text above them. */
  show(at: number, isQuiet = false): void {
    const lesson = lessons[at];
    if (lesson === undefined) return;
    // Before the worlds change: what they show belongs to this lesson.
    this.#at = at;
    const { scenario, strategies, speed, atMs } = lesson;
    this.#lab.open({ schema: LAB_SCHEMA, scenario, strategies, atMs, speed });
    this.#lab.play(false);
    this.#place.hidden = false;
    this.#place.dataset.lesson = lesson.id;
    this.#render(lesson, at);
    setAttribute(byId('tour-open'), 'aria-pressed', 'true');
    if (!isQuiet) this.#place.querySelector<HTMLElement>('h2')?.focus();
  }

  close(): void {
    this.#place.hidden = true;
    setAttribute(byId('tour-open'), 'aria-pressed', 'false');
  }

  #render(lesson: Lesson, at: number): void {
    const explanation = el('p', { class: 'explanation', role: 'status' });
    const options = lesson.options.map((text, i) => {
      const option = button(unbroken(text), () => {
        this.#answer(lesson, i, options, explanation);
      });
      return option;
    });
    const step = (text: string, to: number, kind = ''): HTMLElement =>
      button(text, () => this.show(to), { class: kind, disabled: lessons[to] === undefined });
    this.#place.replaceChildren(
      el(
        'div',
        { class: 'tour-text' },
        el('p', { class: 'brand' }, `Lesson ${at + 1} of ${lessons.length}`),
        el('h2', { tabindex: -1 }, lesson.title),
        el('p', {}, unbroken(lesson.text.join(' '))),
      ),
      el(
        'div',
        { class: 'tour-question', role: 'group', 'aria-label': 'Your prediction' },
        el('p', { class: 'question' }, unbroken(lesson.question)),
        ...options,
        explanation,
      ),
      el(
        'nav',
        { class: 'tour-nav', 'aria-label': 'Lessons' },
        step('Back', at - 1),
        el('ol', { class: 'pips' }, ...lessons.map((one, i) => this.#pip(one, i, at))),
        step('Next', at + 1, 'primary'),
        button('Close the tour', () => this.close(), { class: 'quiet' }),
      ),
    );
  }

  #pip({ title }: Lesson, i: number, at: number): HTMLElement {
    const pip = button(String(i + 1), () => this.show(i), {
      title,
      'aria-label': `Lesson ${i + 1}: ${title}`,
      'aria-current': i === at ? 'step' : undefined,
    });
    return el('li', {}, pip);
  }

  /** The prediction is made: the film plays, and the text says what it shows. */
  #answer(
    lesson: Lesson,
    chosen: number,
    options: readonly HTMLButtonElement[],
    explanation: HTMLElement,
  ): void {
    for (const [i, option] of options.entries()) {
      option.disabled = true;
      if (i === lesson.answer) option.classList.add('is-right');
      else if (i === chosen) option.classList.add('is-wrong');
    }
    const verdict = el(
      'strong',
      {},
      chosen === lesson.answer ? 'As you predicted. ' : `It is: ${lesson.options[lesson.answer]}. `,
    );
    explanation.replaceChildren(verdict, unbroken(lesson.explanation));
    this.#lab.play(true);
    // On a phone the worlds lie below the text.
    if (innerWidth < NARROW_PX) byId('stage').scrollIntoView({ block: 'start' });
  }
}
