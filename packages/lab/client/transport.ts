/** The bar of time: play, step, speed, and the line on which one scrubs, with what happens when. */

import { SPEED_MAX } from '../src/state/lab-file.ts';
import { faultBands } from './bands.ts';
import { button, byId, el, setAttribute, setText } from './dom.ts';
import { time } from './format.ts';
import type { Lab } from './lab.ts';

/** Speeds that can be chosen; the last is as fast as it goes. */
const SPEEDS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, SPEED_MAX];
/** One arrow key on the line of time, and one with Shift or a page key. */
const SMALL_MS = 10;
const LARGE_MS = 500;

function speedText(speed: number): string {
  if (speed === SPEED_MAX) return 'as fast as it goes';
  return speed < 1 ? `1/${Math.round(1 / speed)} of real time` : `${speed} × real time`;
}

/** See the head of this file. */
export class Transport {
  readonly #lab: Lab;
  readonly #play: HTMLButtonElement;
  readonly #clock = el('output', { class: 'clock' });
  readonly #line: HTMLInputElement;
  readonly #bands = el('div', { class: 'bands', 'aria-hidden': 'true' });
  readonly #speed: HTMLSelectElement;

  constructor(lab: Lab) {
    this.#lab = lab;
    this.#play = button('Play', () => lab.play(!lab.isPlaying), { class: 'primary' });
    this.#speed = el(
      'select',
      { id: 'speed' },
      ...SPEEDS.map((speed) => el('option', { value: String(speed) }, speedText(speed))),
    );
    this.#speed.addEventListener('change', () => lab.setSpeed(Number(this.#speed.value)));
    this.#line = el('input', { type: 'range', min: 0, step: 'any', 'aria-label': 'Moment' });
    this.#line.addEventListener('input', () => {
      lab.play(false);
      lab.seek(Number(this.#line.value));
    });
    this.#line.addEventListener('keydown', (event) => this.#onLineKey(event));
    const controls = el(
      'div',
      { class: 'controls' },
      this.#play,
      button('Step', () => void lab.stepOne(), { title: 'To the next event (.)' }),
      button('Restart', () => lab.seek(0), { title: 'To the beginning (Home)' }),
      this.#clock,
      el('label', { class: 'speed', for: 'speed' }, 'Speed', this.#speed),
    );
    const timeline = el('div', { class: 'timeline' }, this.#bands, this.#line);
    byId('transport').append(controls, timeline);
    lab.listen((change) => {
      if (change === 'file') this.#showFile();
      this.#show();
    });
    addEventListener('keydown', (event) => this.#onKey(event));
    this.#showFile();
    this.#show();
  }

  #show(): void {
    const { atMs, endMs, isPlaying, speed } = this.#lab;
    setText(this.#play, isPlaying ? 'Pause' : 'Play');
    setText(this.#clock, `${(atMs / 1000).toFixed(3)} s of ${(endMs / 1000).toFixed(1)} s`);
    if (document.activeElement !== this.#line || isPlaying) this.#line.value = String(atMs);
    setAttribute(this.#line, 'aria-valuetext', `${time(atMs)} of ${time(endMs)}`);
    if (this.#speed.value !== String(speed)) this.#speed.value = String(speed);
  }

  #showFile(): void {
    const { scenario, endMs } = this.#lab;
    this.#line.max = String(endMs);
    const { warmupMs } = scenario.load;
    const band = (kind: string, fromMs: number, toMs: number, title: string): HTMLElement => {
      const one = el('span', { class: `band ${kind}`, title });
      one.style.left = `${(100 * fromMs) / endMs}%`;
      one.style.width = `${(100 * (toMs - fromMs)) / endMs}%`;
      return one;
    };
    this.#bands.replaceChildren();
    if (warmupMs > 0) this.#bands.append(band('is-warmup', 0, warmupMs, 'warm-up, not counted'));
    for (const { startMs, endMs: toMs, title } of faultBands(scenario)) {
      this.#bands.append(band('', startMs, toMs, title));
    }
    for (const { atMs, action } of scenario.actions) {
      const title = typeof action === 'string' ? action : `${action.load.ratePerSecond} requests/s`;
      this.#bands.append(band('is-action', warmupMs + atMs, warmupMs + atMs, title));
    }
  }

  #onLineKey(event: KeyboardEvent): void {
    const step = event.shiftKey ? LARGE_MS : SMALL_MS;
    const by = {
      ArrowLeft: -step,
      ArrowDown: -step,
      ArrowRight: step,
      ArrowUp: step,
      PageDown: -LARGE_MS,
      PageUp: LARGE_MS,
    }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    this.#lab.play(false);
    this.#lab.seek(this.#lab.atMs + by);
    this.#line.value = String(this.#lab.atMs);
  }

  /** Keys of the whole page, where nothing else wants them. */
  #onKey(event: KeyboardEvent): void {
    const { target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (target instanceof Element && target.closest('input, select, textarea, .cm-editor')) return;
    const isOnButton = target instanceof Element && target.closest('button, summary, a');
    if (event.key === ' ' && !isOnButton) this.#lab.play(!this.#lab.isPlaying);
    else if (event.key === '.') void this.#lab.stepOne();
    else if (event.key === 'Home') this.#lab.seek(0);
    else if (event.key === 'ArrowLeft') this.#lab.seek(this.#lab.atMs - SMALL_MS);
    else if (event.key === 'ArrowRight') this.#lab.seek(this.#lab.atMs + SMALL_MS);
    else return;
    event.preventDefault();
  }
}
