/**
 * One world on the page: its name and figures, the picture, a button over each backend, and the same in words
 * for readers of the screen.
 */

import { type Backend, expandFleet } from '@evenkeel/sim/engine';
import type { Frame } from '../../src/engine/frame.ts';
import { labelOf } from '../../src/state/lab-file.ts';
import { button, el, setAttribute, setText } from '../dom.ts';
import { percent, time } from '../format.ts';
import type { World } from '../lab.ts';
import { Painter } from './painter.ts';
import { lookOf } from './states.ts';

/** Words that change with each frame cannot be read. */
const WORDS_EVERY_MS = 300;

/** What a world's view tells of the reader's doings. */
export interface WorldHandlers {
  /** A backend was chosen. */
  readonly chosen: (id: string, at: HTMLElement) => void;
}

/** See the head of this file. */
export class WorldView {
  readonly element: HTMLElement;
  readonly #fleet: readonly Backend[];
  readonly #painter: Painter;
  readonly #stage: HTMLElement;
  readonly #figures: HTMLElement;
  readonly #words: HTMLElement;
  readonly #note: HTMLElement;
  readonly #buttons: HTMLButtonElement[];
  readonly #world: World;
  #toldMs = -WORDS_EVERY_MS;
  #isSeen = true;
  #painted: Frame | undefined;
  #told: Frame | undefined;

  constructor(world: World, colourSlot: number, number: number, handlers: WorldHandlers) {
    this.#world = world;
    this.#fleet = expandFleet(world.scenario);
    const still = el('canvas', { 'aria-hidden': 'true' });
    const moving = el('canvas', { 'aria-hidden': 'true' });
    this.#painter = new Painter(still, moving, this.#fleet);
    this.#buttons = this.#fleet.map(({ id }, i) => {
      const one = button('', () => handlers.chosen(id, one), {
        class: 'backend',
        'data-backend': id,
        'aria-haspopup': 'menu',
        tabindex: i === 0 ? 0 : -1,
      });
      const state = el('span', { class: 'backend-state' });
      one.append(el('span', { class: 'backend-id' }, id), ' ', state);
      return one;
    });
    this.#stage = el('div', { class: 'stage', role: 'group' }, still, moving, ...this.#buttons);
    this.#stage.addEventListener('keydown', (event) => this.#moveFocus(event));
    this.#figures = el('dl', { class: 'world-figures' });
    this.#words = el('p', { class: 'hidden-text' });
    this.#note = el('p', { class: 'world-note', hidden: true });
    const name = labelOf(world.setup);
    const heading = el('h3', {}, el('span', { class: `swatch slot-${colourSlot}` }), name);
    setAttribute(this.#stage, 'aria-label', `Backends of ${name}`);
    this.element = el(
      'section',
      { class: 'world', 'aria-label': `World ${number}: ${name}` },
      el('header', {}, heading, this.#figures),
      this.#stage,
      this.#note,
      this.#words,
    );
    new IntersectionObserver((seen) => {
      this.#isSeen = seen.at(-1)?.isIntersecting ?? true;
    }).observe(this.element);
  }

  /** Travelling requests are shown. */
  set hasMotion(has: boolean) {
    this.#painter.hasMotion = has;
  }

  /** The page has another width or theme. */
  fit(): void {
    const width = Math.max(200, this.#stage.clientWidth);
    this.#painter.fit(width);
    const { layout } = this.#painter;
    this.#stage.style.height = `${layout.height}px`;
    this.#stage.classList.toggle('is-dense', (layout.lanes[0]?.height ?? 0) < 24);
    this.#stage.classList.toggle('is-narrow', layout.isNarrow);
    for (const [i, one] of this.#buttons.entries()) {
      const lane = layout.lanes[i];
      if (lane === undefined) continue;
      one.style.left = `${lane.boxX - 2}px`;
      one.style.top = `${lane.y - lane.height / 2 - 1}px`;
      one.style.width = `${width - lane.boxX + 2}px`;
      one.style.height = `${lane.height + 2}px`;
      one.style.paddingLeft = `${lane.boxWidth + 9}px`;
    }
    this.#painted = undefined;
    this.paint(false);
  }

  /** Draws the world's last frame, if it is another one than before; one out of sight when the film stands still. */
  paint(isPlaying: boolean): void {
    const { answer, error } = this.#world;
    if (error !== undefined) this.#showNote(`This world has stopped: ${error}.`);
    const frame = answer?.frame;
    if (frame === undefined || frame === this.#painted) return;
    if (isPlaying && !this.#isSeen) return;
    this.#painted = frame;
    this.#painter.paint(frame);
  }

  /** Says in words what the last frame shows, if that is due; returns whether it was. */
  tell(nowMs: number): boolean {
    const frame = this.#world.answer?.frame;
    if (frame === undefined || frame === this.#told) return false;
    if (nowMs - this.#toldMs < WORDS_EVERY_MS) return false;
    this.#toldMs = nowMs;
    this.#told = frame;
    this.#showWords(frame);
    return true;
  }

  /** Travelling requests that were drawn last. */
  get travellers(): number {
    return this.#painter.travellers;
  }

  #showNote(text: string): void {
    this.#note.hidden = false;
    setText(this.#note, text);
  }

  #showWords(frame: Frame): void {
    const { counts, p50Ms, p99Ms, atMs, backends, atBalancer } = frame;
    this.#showFigures([
      ['p50', time(p50Ms)],
      ['p99', time(p99Ms)],
      ['failed', counts.sent === 0 ? '–' : percent(counts.failed / counts.sent)],
    ]);
    if (frame.oneIn > 1) this.#showNote(`One of ${frame.oneIn} travelling requests is drawn.`);
    else if (this.#world.error === undefined) this.#note.hidden = true;
    const parts = backends.map((backend, i) => {
      const { state, truth } = lookOf(backend);
      const id = this.#fleet[i]?.id ?? '';
      const one = this.#buttons[i];
      const known = [truth, state === 'ready' ? '' : state].filter((word) => word !== '');
      const fault = truth === '' ? '' : `, actual fault: ${truth}`;
      const words = `${id} ${known.join(', ')}: ${state} for the balancer${fault}, ${backend.busy} in service, ${backend.waiting} waiting, ${percent(backend.utilisation)} busy`;
      if (one !== undefined) {
        // The visible text comes first in the label, so that speech input finds the control by it.
        setAttribute(one, 'aria-label', words);
        setText(one.lastElementChild as Element, known.join(', '));
        one.dataset.state = state;
        one.classList.toggle('is-faulty', truth !== '');
      }
      return words;
    });
    const waiting = atBalancer > 0 ? `${atBalancer} requests wait in the balancer. ` : '';
    setText(
      this.#words,
      `At ${time(atMs)}: median ${time(p50Ms)}, 99th percentile ${time(p99Ms)}. ${waiting}${parts.join('. ')}.`,
    );
  }

  #showFigures(figures: readonly (readonly [name: string, value: string])[]): void {
    if (this.#figures.childElementCount === 0) {
      for (const [name] of figures) {
        this.#figures.append(el('div', {}, el('dt', {}, name), el('dd')));
      }
    }
    for (const [i, [, value]] of figures.entries()) {
      const place = this.#figures.children[i]?.lastElementChild;
      if (place) setText(place, value);
    }
  }

  /** One stop of the tab key per world; arrows move among its backends. */
  #moveFocus(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const at = this.#buttons.indexOf(document.activeElement as HTMLButtonElement);
    if (step === undefined || at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const next = this.#buttons[(at + step + this.#buttons.length) % this.#buttons.length];
    for (const one of this.#buttons) one.tabIndex = one === next ? 0 : -1;
    next?.focus();
  }
}
