/** The world's settings as sliders and lists: each changes the scenario, and the worlds restart from the seed. */

import { setValue } from '../../src/state/edit.ts';
import { el, setText } from '../dom.ts';
import type { Lab } from '../lab.ts';
import { addPanel } from './panel.ts';
import {
  balancerSettings,
  type Choice,
  fleetSettings,
  loadSettings,
  type Slider,
} from './setting-list.ts';

/** See the head of this file. */
export class SettingsPanel {
  readonly #lab: Lab;
  readonly #place = el('div');
  readonly #tell: (error: unknown) => void;
  #fields = 0;

  constructor(lab: Lab, tell: (error: unknown) => void) {
    this.#lab = lab;
    this.#tell = tell;
    addPanel('Change the scenario', [
      el('p', {}, 'The worlds start again from their seed, and are simulated to the moment shown.'),
      this.#place,
    ]);
    lab.listen((change) => {
      if (change === 'file') this.#show();
    });
    this.#show();
  }

  #show(): void {
    const { scenario } = this.#lab;
    const focused = document.activeElement?.id ?? '';
    this.#fields = 0;
    const fleet = scenario.fleet.flatMap((entry, i) => [
      el('h3', {}, entry.count > 1 ? `${entry.id} (${entry.count})` : entry.id),
      ...fleetSettings(entry, i).map((one) => this.#row(one)),
    ]);
    this.#place.replaceChildren(
      ...fleet,
      el('h3', {}, 'Load'),
      ...loadSettings(scenario).map((one) => this.#row(one)),
      el('h3', {}, 'Balancer'),
      ...balancerSettings(scenario).map((one) => this.#row(one)),
    );
    // The rows are made again; a change by the keyboard goes on without a break.
    if (focused.startsWith('setting-')) document.getElementById(focused)?.focus();
  }

  #row(setting: Slider | Choice): HTMLElement {
    const id = `setting-${this.#fields++}`;
    const label = el('label', { for: id }, setting.label);
    if ('options' in setting) {
      const select = el('select', { id }, ...setting.options.map((one) => el('option', {}, one)));
      select.value = setting.value;
      select.addEventListener('change', () => this.#set(setting.path, setting.write(select.value)));
      return el('p', { class: 'slider' }, label, select);
    }
    const { range, value, unit, write } = setting;
    const [min, max, step] = range;
    const text = el('output', { for: id });
    const show = (to: number): void => setText(text, `${Number(to.toFixed(2))}${unit}`);
    const top = Math.max(max, value);
    const input = el('input', { type: 'range', id, min, max: top, step: 'any', value });
    input.step = String(step);
    input.value = String(value);
    input.addEventListener('input', () => show(Number(input.value)));
    input.addEventListener('change', () => this.#set(setting.path, write(Number(input.value))));
    show(value);
    return el('p', { class: 'slider' }, label, text, input);
  }

  #set(path: Slider['path'], value: unknown): void {
    try {
      this.#lab.open(setValue(this.#lab.file, path, value));
    } catch (error) {
      this.#tell(error);
      this.#show();
    }
  }
}
