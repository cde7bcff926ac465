/** The worlds side by side, and the loop that draws them. */

import { byId, el, setAttribute } from '../dom.ts';
import type { Lab } from '../lab.ts';
import { slotsOf } from '../looks.ts';
import { WorldView } from './world-view.ts';

const BUDGET_MS = 12;
/** Frames over which the work is looked at. */
const LOOKED_AT = 60;
const DOTS_LEAST = 100;
const DOTS_MOST = 1500;

/** See the head of this file. */
export class Stage {
  readonly #lab: Lab;
  readonly #chosen: (id: string, at: HTMLElement) => void;
  readonly #after: ((nowMs: number) => void)[] = [];
  readonly #workMs: number[] = [];
  readonly #reducedMotion = matchMedia('(prefers-reduced-motion: reduce)');
  #views: WorldView[] = [];
  #lastMs = 0;
  /** The work of a frame may take so long before less is drawn; a benchmark lifts the limit. */
  budgetMs = BUDGET_MS;
  #width = 0;

  constructor(lab: Lab, chosen: (id: string, at: HTMLElement) => void) {
    this.#lab = lab;
    this.#chosen = chosen;
    lab.listen((change) => {
      if (change === 'worlds') this.#rebuild();
    });
    this.#rebuild();
    new ResizeObserver(() => this.fit()).observe(byId('stage'));
    this.#reducedMotion.addEventListener('change', () => this.fit());
    requestAnimationFrame((nowMs) => this.#frame(nowMs));
  }

  /** Travelling requests in all worlds, as last drawn. */
  get travellers(): number {
    return this.#views.reduce((sum, { travellers }) => sum + travellers, 0);
  }

  /** Called in each frame after the worlds were drawn; its work counts. */
  afterEach(act: (nowMs: number) => void): void {
    this.#after.push(act);
  }

  /** For another width or theme. */
  fit(force = true): void {
    const { clientWidth } = byId('stage');
    if (!force && clientWidth === this.#width) return;
    this.#width = clientWidth;
    for (const view of this.#views) {
      view.hasMotion = !this.#reducedMotion.matches;
      view.fit();
    }
  }

  #rebuild(): void {
    const { worlds } = this.#lab;
    const slots = slotsOf(worlds.map(({ setup }) => setup));
    this.#views = worlds.map(
      (world, i) => new WorldView(world, slots[i] ?? 0, i + 1, { chosen: this.#chosen }),
    );
    const place = byId('stage');
    setAttribute(place, 'data-worlds', worlds.length);
    place.replaceChildren(
      el('h2', { class: 'hidden-text' }, 'Worlds side by side'),
      ...this.#views.map(({ element }) => element),
    );
    this.fit();
  }

  #frame(nowMs: number): void {
    // First of all: what fails in one frame must not end the film.
    requestAnimationFrame((next) => this.#frame(next));
    const startMs = performance.now();
    for (const view of this.#views) view.paint(this.#lab.isPlaying);
    // Words of one world per frame: they change the document, which costs more than pixels.
    this.#views.find((view) => view.tell(nowMs));
    this.#lab.tick(this.#lastMs === 0 ? 0 : nowMs - this.#lastMs);
    for (const act of this.#after) act(nowMs);
    this.#lastMs = nowMs;
    this.#watch(performance.now() - startMs);
  }

  /** Draws fewer travelling requests where a machine is too slow for all; the worlds' notes say so. */
  #watch(workMs: number): void {
    this.#workMs.push(workMs);
    if (this.#workMs.length < LOOKED_AT) return;
    const sorted = [...this.#workMs].sort((a, b) => a - b);
    const p95 = sorted[Math.floor(LOOKED_AT * 0.95)] ?? 0;
    const { dotsMax } = this.#lab;
    if (p95 > this.budgetMs) this.#lab.dotsMax = Math.max(DOTS_LEAST, dotsMax / 2);
    else if (p95 < this.budgetMs / 2) this.#lab.dotsMax = Math.min(DOTS_MOST, dotsMax * 2);
    this.#workMs.length = 0;
  }
}
