/** Which strategies stand side by side: one to four, ours or one's own. */

import { strategies } from '@evenkeel/core';
import { type LabWorld, labelOf, WORLDS_MAX } from '../../src/state/lab-file.ts';
import { button, el } from '../dom.ts';
import type { Lab } from '../lab.ts';
import { addPanel } from './panel.ts';

/** See the head of this file. */
export class StrategiesPanel {
  readonly #lab: Lab;
  readonly #list = el('ol', { class: 'choices' });
  readonly #add: HTMLButtonElement;

  constructor(lab: Lab) {
    this.#lab = lab;
    this.#add = button('Add a world', () => this.#set([...this.#worlds, 'round-robin']));
    addPanel(
      'Strategies side by side',
      [el('p', {}, 'All meet the same requests with the same work.'), this.#list, this.#add],
      true,
    );
    lab.listen((change) => {
      if (change === 'file') this.#show();
    });
    this.#show();
  }

  get #worlds(): readonly LabWorld[] {
    return this.#lab.file.strategies;
  }

  #set(worlds: readonly LabWorld[]): void {
    this.#lab.open({ ...this.#lab.file, strategies: worlds });
  }

  #show(): void {
    const worlds = this.#worlds;
    this.#add.disabled = worlds.length >= WORLDS_MAX;
    this.#list.replaceChildren(...worlds.map((world, i) => this.#row(world, i)));
  }

  #row(world: LabWorld, i: number): HTMLElement {
    const isNamed = typeof world === 'string';
    const select = el(
      'select',
      { 'aria-label': `Strategy of world ${i + 1}` },
      ...(isNamed ? [] : [el('option', { value: '' }, labelOf(world))]),
      ...strategies.map(({ name, about }) => el('option', { value: name, title: about }, name)),
    );
    select.value = isNamed ? world : '';
    select.addEventListener('change', () => {
      this.#set(this.#worlds.map((one, k) => (k === i ? select.value : one)));
    });
    const remove = button('×', () => this.#set(this.#worlds.filter((_, k) => k !== i)), {
      class: 'quiet',
      'aria-label': `Remove world ${i + 1}`,
      disabled: this.#worlds.length === 1,
    });
    return el('li', { class: 'row' }, select, remove);
  }
}
