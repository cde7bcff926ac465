/** In and out: scenarios of the library, files, the address, and what `pnpm sim` can run. */

import { parseScenario, simulatedOnly } from '@evenkeel/sim/engine';
import { parse, stringify } from 'yaml';
import { ADDRESS_MAX, toFragment } from '../../src/state/address.ts';
import {
  LAB_SCHEMA,
  type LabFile,
  type LabWorld,
  labelOf,
  rawScenarioOf,
  strategyOf,
} from '../../src/state/lab-file.ts';
import { button, byId, el, saveFile } from '../dom.ts';
import type { Lab } from '../lab.ts';
import { addPanel } from './panel.ts';

const FILE_MAX_BYTES = 2_000_000;

/** A lab that was saved: JSON with a schema. Whatever else there is, is read as a scenario. */
function isLabText(text: string): boolean {
  try {
    const input: unknown = JSON.parse(text);
    return typeof input === 'object' && input !== null && 'schema' in input;
  } catch {
    return false;
  }
}

/** How a world's scenario runs elsewhere, and what it loses there. */
function runsElsewhere(lab: Lab, world: LabWorld): string {
  const { name } = lab.scenario;
  const strategy = strategyOf(world);
  if (strategy === undefined) return 'With your own strategy, save the lab.';
  const sim = `pnpm sim --scenario ${name}.yaml --strategy ${strategy} gives the same trace hash.`;
  const only = simulatedOnly(lab.scenario);
  const what = only.map(({ what }) => what).join(', ');
  if (only.some(({ canBeLeftOut }) => !canBeLeftOut)) return `${sim} Simulated only: ${what}.`;
  const without = only.length === 0 ? '' : `, without what is simulated only: ${what}`;
  return `${sim} pnpm chaos --scenario ${name}.yaml --strategies ${strategy} runs it live${without}.`;
}

/** What the page does with what was opened. */
export interface PageOf {
  /** Of what is wrong. */
  readonly tell: (error: unknown) => void;
  /** To screen readers. */
  readonly say: (text: string) => void;
  /** What a file brings beside its worlds. */
  readonly present: (file: LabFile) => void;
}

/** See the head of this file. */
export class FilesPanel {
  readonly #lab: Lab;
  readonly #page: PageOf;
  readonly #text = el('textarea', { id: 'yaml', spellcheck: 'false' });
  readonly #which = el('select', { id: 'which' });
  readonly #hint = el('p', { class: 'muted' });

  constructor(lab: Lab, page: PageOf) {
    this.#lab = lab;
    this.#page = page;
    const library = byId<HTMLSelectElement>('library');
    library.append(
      el('option', { value: '' }, 'choose …'),
      ...Object.keys(LIBRARY).map((name) => el('option', { value: name }, name)),
    );
    library.addEventListener('change', () => {
      const text = LIBRARY[library.value];
      if (text !== undefined) this.#openScenario(text, `${library.value}.yaml`);
    });
    const picker = el('input', { type: 'file', id: 'file', accept: '.yaml,.yml,.json' });
    picker.addEventListener('change', () => void this.#openFile(picker));
    addPanel('Files', [
      el('p', {}, el('label', { for: 'file' }, 'A scenario or a saved lab: '), picker),
      el('p', { class: 'row' }, el('label', { for: 'which' }, 'World'), this.#which),
      el('label', { for: 'yaml' }, 'Its scenario, with all that was done'),
      this.#text,
      el(
        'p',
        { class: 'row' },
        button('Show this text', () => this.#openScenario(this.#text.value, 'the text')),
        button('Export', () => this.#export()),
        button('Save the lab', () => this.#save()),
      ),
      this.#hint,
    ]);
    byId('share').addEventListener('click', () => void this.share());
    this.#which.addEventListener('change', () => this.#show());
    lab.listen((change) => {
      if (change === 'file') this.#show();
    });
    this.#show();
  }

  /** Puts everything into the address and copies it; too large for one, it becomes a file. */
  async share(): Promise<void> {
    const fragment = await toFragment(this.#lab.file);
    if (fragment.length > ADDRESS_MAX) {
      this.#page.say('This is too large for an address. It is saved as a file instead.');
      this.#save();
      return;
    }
    history.replaceState(null, '', fragment);
    try {
      await navigator.clipboard.writeText(location.href);
      this.#page.say('The address holds everything now, and was copied.');
    } catch {
      this.#page.say('The address holds everything now: copy it from the address bar.');
    }
  }

  /** The scenario of the chosen world as a file would hold it. */
  get yaml(): string {
    return stringify(rawScenarioOf(this.#lab.file, this.#world), { lineWidth: 120 });
  }

  get #world(): LabWorld {
    const { strategies } = this.#lab.file;
    return strategies[Number(this.#which.value)] ?? strategies[0] ?? '';
  }

  #show(): void {
    const { strategies } = this.#lab.file;
    const chosen = this.#which.value;
    this.#which.replaceChildren(
      ...strategies.map((world, i) => el('option', { value: i }, labelOf(world))),
    );
    if (Number(chosen) < strategies.length) this.#which.value = chosen || '0';
    this.#text.value = this.yaml;
    const { name } = this.#lab.scenario;
    byId<HTMLSelectElement>('library').value = name in LIBRARY ? name : '';
    this.#hint.textContent = runsElsewhere(this.#lab, this.#world);
  }

  #export(): void {
    saveFile(`${this.#lab.scenario.name}.yaml`, this.yaml, 'text/yaml');
  }

  #save(): void {
    const text = `${JSON.stringify(this.#lab.file, null, 2)}\n`;
    saveFile(`${this.#lab.scenario.name}.lab.json`, text, 'application/json');
  }

  async #openFile(picker: HTMLInputElement): Promise<void> {
    const file = picker.files?.[0];
    if (file === undefined) return;
    if (file.size > FILE_MAX_BYTES) {
      this.#page.tell(new Error(`${file.name}: must have at most ${FILE_MAX_BYTES} bytes`));
      return;
    }
    this.#openScenario(await file.text(), file.name);
    picker.value = '';
  }

  /** A scenario, or a lab that was saved; errors are those of the schema. */
  #openScenario(text: string, source: string): void {
    try {
      const input = isLabText(text) ? JSON.parse(text) : undefined;
      if (input !== undefined) {
        this.#lab.open(input, source);
        this.#page.present(this.#lab.file);
      } else {
        parseScenario(text, source);
        const scenario: unknown = parse(text, { maxAliasCount: 100 });
        const { strategies, speed } = this.#lab.file;
        const file = { schema: LAB_SCHEMA, scenario, strategies, atMs: 0, speed };
        this.#lab.open(file, source);
      }
      this.#page.say(`${source} is shown.`);
    } catch (error) {
      this.#page.tell(error);
    }
  }
}
