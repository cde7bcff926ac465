/**
 * Break it: what can be done to a backend, in a menu beside it; the load; and the list of all that was done.
 * The present moment is when it happens.
 */

import { distributionOf, expandFleet, type Fault, type FaultKind } from '@evenkeel/sim/engine';
import { ratePerSecond } from '@evenkeel/sim/fleet';
import {
  breakBackend,
  entriesOf,
  mendBackend,
  removeEntry,
  setLoad,
  setService,
} from '../../src/state/edit.ts';
import { button, byId, el, setText } from '../dom.ts';
import type { Lab } from '../lab.ts';
import { addPanel } from './panel.ts';

type Breaking = Partial<Fault> & { readonly kind: FaultKind };

/** Slow: so many times the mean service time is added. */
const SLOW_TIMES = 5;
/** The slider of the load goes up to so many times the rate that the scenario began with. */
const LOAD_TIMES = 3;

function breakings(meanMs: number): readonly (readonly [text: string, fault: Breaking])[] {
  return [
    ['Kill', { kind: 'kill' }],
    ['Freeze', { kind: 'freeze' }],
    ['Slow it down', { kind: 'latency', latencyMs: Math.round(meanMs * SLOW_TIMES) }],
    ['Answer errors at once', { kind: 'fastError', status: 503 }],
    ['Let its health check fail', { kind: 'healthLie', status: 503 }],
    ['Let its health check pass', { kind: 'healthLie', status: 200 }],
    ['Never answer (black hole)', { kind: 'blackhole' }],
  ];
}

/** See the head of this file. */
export class BreakPanel {
  readonly #lab: Lab;
  readonly #menu: HTMLElement;
  readonly #list = el('ul', { class: 'entries' });
  readonly #load: HTMLInputElement;
  readonly #loadText = el('output', { for: 'load' });
  readonly #loadRow: HTMLElement;
  readonly #target: HTMLSelectElement;
  readonly #say: (text: string) => void;

  constructor(lab: Lab, say: (text: string) => void) {
    this.#lab = lab;
    this.#say = say;
    this.#menu = el('div', { class: 'menu', popover: 'auto', role: 'menu' });
    document.body.append(this.#menu);
    this.#menu.addEventListener('keydown', (event) => this.#moveInMenu(event));
    this.#load = el('input', { type: 'range', id: 'load', min: 0 });
    this.#load.addEventListener('input', () => this.#showLoad(Number(this.#load.value)));
    this.#load.addEventListener('change', () => {
      lab.open(setLoad(lab.file, lab.scenario, Number(this.#load.value)));
    });
    this.#loadRow = el(
      'p',
      { class: 'slider' },
      el('label', { for: 'load' }, 'Load from now on'),
      this.#loadText,
      this.#load,
    );
    this.#target = el('select', { id: 'target' });
    const open = button('Break it…', () => this.open(this.#target.value, open), {
      'aria-haspopup': 'menu',
    });
    addPanel(
      'Break it',
      [
        el('p', {}, 'Choose a backend in a picture, or here. It happens at the moment shown.'),
        el('p', { class: 'row' }, el('label', { for: 'target' }, 'Backend'), this.#target, open),
        this.#loadRow,
        el('h3', {}, 'What happens when'),
        this.#list,
      ],
      true,
    );
    lab.listen((change) => {
      if (change === 'file') this.#show();
    });
    this.#show();
  }

  /** The menu of a backend, beside an element. */
  open(id: string, at: HTMLElement): void {
    const { scenario } = this.#lab;
    const backend = expandFleet(scenario).find((one) => one.id === id);
    if (backend === undefined) return;
    const faults = this.#lab.worlds[0]?.answer?.frame.backends[backend.index]?.faults ?? [];
    const item = (text: string, act: () => void): HTMLElement => {
      const close = (): void => {
        const world = [...document.querySelectorAll('.world')].indexOf(
          at.closest('.world') as Element,
        );
        this.#menu.hidePopover();
        act();
        focusAgain(at, world, id);
        this.#say(`${id}: ${text}`);
      };
      return button(text, close, { role: 'menuitem', tabindex: -1 });
    };
    const items = breakings(distributionOf(backend.service).mean)
      .filter(([, fault]) => !faults.includes(fault.kind))
      .map(([text, fault]) => item(text, () => this.#do(breakBackend, id, fault)));
    const mend =
      faults.length > 0 ? [item('Mend it', () => this.#do(mendBackend, id, undefined))] : [];
    this.#menu.replaceChildren(
      el('p', { class: 'menu-title', role: 'presentation' }, id),
      ...mend,
      ...items,
      item('Drain (take out of service)', () => this.#do(setService, id, 'drain')),
      item('Back in service', () => this.#do(setService, id, 'ready')),
    );
    this.#menu.setAttribute('aria-label', `What happens to ${id}`);
    this.#menu.showPopover();
    this.#place(at);
    this.#menu.querySelector('button')?.focus();
  }

  #do<T>(
    change: (file: Lab['file'], scenario: Lab['scenario'], id: string, what: T) => Lab['file'],
    id: string,
    what: T,
  ): void {
    const { file, scenario } = this.#lab;
    this.#lab.open(change(file, scenario, id, what));
  }

  #place(at: HTMLElement): void {
    const box = at.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = this.#menu;
    const left = Math.max(8, Math.min(innerWidth - offsetWidth - 8, box.right - offsetWidth));
    const top = Math.max(8, Math.min(innerHeight - offsetHeight - 8, box.bottom + 4));
    this.#menu.style.left = `${left}px`;
    this.#menu.style.top = `${top}px`;
  }

  #moveInMenu(event: KeyboardEvent): void {
    const items = [...this.#menu.querySelectorAll('button')];
    const at = items.indexOf(document.activeElement as HTMLButtonElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    items[(at + step + items.length) % items.length]?.focus();
  }

  #showLoad(rate: number): void {
    setText(this.#loadText, `${Math.round(rate)} requests/s`);
  }

  #show(): void {
    const { file, scenario } = this.#lab;
    const { load } = scenario;
    const ids = expandFleet(scenario).map(({ id }) => id);
    const { value } = this.#target;
    this.#target.replaceChildren(...ids.map((id) => el('option', { value: id }, id)));
    if (ids.includes(value)) this.#target.value = value;
    this.#loadRow.hidden = load.kind === 'closed';
    if (load.kind === 'open') {
      const first = ratePerSecond({ ...scenario, load });
      const now = scenario.actions.findLast(
        ({ atMs, action }) => typeof action !== 'string' && load.warmupMs + atMs <= file.atMs,
      );
      const rate = now && 'load' in Object(now.action) ? rateOf(now.action) : first;
      this.#load.max = String(Math.ceil(first * LOAD_TIMES));
      this.#load.step = String(Math.max(1, Math.round(first / 50)));
      this.#load.value = String(rate);
      this.#showLoad(rate);
    }
    const entries = entriesOf(file).map(({ key, index, text }) => {
      const remove = button('×', () => this.#lab.open(removeEntry(this.#lab.file, key, index)), {
        class: 'quiet',
        'aria-label': `Remove: ${text}`,
      });
      return el('li', {}, text, remove);
    });
    const nothing = el('li', { class: 'muted' }, 'Nothing breaks yet.');
    this.#list.replaceChildren(...(entries.length > 0 ? entries : [nothing]));
    byId('panels').dataset.entries = String(entries.length);
  }
}

/** Worlds are made anew when something breaks: the focus goes to where it was. */
function focusAgain(at: HTMLElement, world: number, id: string): void {
  const place = document.querySelectorAll('.world')[world];
  const same = place?.querySelector<HTMLElement>(`[data-backend="${CSS.escape(id)}"]`);
  (at.isConnected ? at : (same ?? document.body)).focus();
}

function rateOf(action: unknown): number {
  return (action as { readonly load: { readonly ratePerSecond: number } }).load.ratePerSecond;
}
