/**
 * Many invisible runs: the same scenario with other seeds, in the background, so that no conclusion is drawn from one
 * film. Means of the percentiles with 95 % intervals; and theory beside them where there is one.
 */

import { mean, meanInterval } from '@evenkeel/core/stats';
import type { RunFigures, StrategyRef } from '../../src/engine/protocol.ts';
import { bestPossible, theoryFor } from '../../src/engine/theory.ts';
import { labelOf, strategyOf } from '../../src/state/lab-file.ts';
import { button, byId, el, setText } from '../dom.ts';
import { percent, time, timeWithMargin } from '../format.ts';
import { codeOf, type Lab, type World } from '../lab.ts';
import { slotsOf } from '../looks.ts';
import { Remote } from '../remote.ts';

/** Runs without being asked, and with. */
const SEEDS_AT_FIRST = 40;
const SEEDS_MORE = 400;
/** Runs begin when the table is in sight and nothing has changed for so long. */
const PAUSE_MS = 800;
/** Without being asked they take no longer than this. */
const TIME_AT_FIRST_MS = 15_000;

/** One world's runs so far. */
interface Row {
  readonly world: World;
  /** Undefined until its runs have begun. */
  remote: Remote | undefined;
  readonly runs: RunFigures[];
  readonly cells: readonly HTMLTableCellElement[];
  error: string | undefined;
}

const COLUMNS = [
  'median',
  '99th percentile',
  'mean',
  'theory: mean',
  'failed',
  'attempts',
  'runs',
  'trace hash',
];

/** See the head of this file. */
export class RunsTable {
  readonly #lab: Lab;
  readonly #body = el('tbody');
  readonly #note = el('p', { class: 'muted' });
  #rows: Row[] = [];
  #round = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #isSeen = false;
  #hasBegun = false;

  constructor(lab: Lab) {
    this.#lab = lab;
    const head = el('tr', {}, el('th', { scope: 'col' }, 'world'));
    for (const name of COLUMNS) head.append(el('th', { scope: 'col' }, name));
    const more = button(`Run ${SEEDS_MORE} seeds`, () => this.#begin(SEEDS_MORE, Infinity));
    const card = el(
      'div',
      { class: 'table-card' },
      el('h2', {}, 'The same in many runs'),
      el(
        'div',
        { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': 'Many runs' },
        el('table', {}, el('thead', {}, head), this.#body),
      ),
      el('p', { class: 'row' }, more, this.#note),
    );
    byId('figures').append(card);
    // Panels that are not visible take nothing from the animation.
    new IntersectionObserver((seen) => {
      this.#isSeen = seen.at(-1)?.isIntersecting ?? false;
      this.#beginSoon();
    }).observe(card);
    lab.listen((change) => {
      if (change === 'worlds') this.#restart();
    });
    this.#restart();
  }

  #restart(): void {
    this.#round++;
    for (const { remote } of this.#rows) remote?.close();
    this.#rows = [];
    clearTimeout(this.#pause);
    setText(this.#note, '');
    this.#hasBegun = false;
    this.#showRows();
    this.#beginSoon();
  }

  #beginSoon(): void {
    if (!this.#isSeen || this.#hasBegun) return;
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.#begin(SEEDS_AT_FIRST, TIME_AT_FIRST_MS), PAUSE_MS);
  }

  #showRows(): void {
    const { worlds } = this.#lab;
    const slots = slotsOf(worlds.map(({ setup }) => setup));
    this.#body.replaceChildren();
    worlds.forEach((world, i) => {
      const cells = COLUMNS.map(() => el('td', {}, '–'));
      const swatch = el('span', { class: `swatch slot-${slots[i]}` });
      const name = el('th', { scope: 'row' }, swatch, labelOf(world.setup));
      this.#body.append(el('tr', {}, name, ...cells));
      this.#rows.push({ world, cells, runs: [], remote: undefined, error: undefined });
    });
  }

  #begin(seeds: number, timeMs: number): void {
    this.#hasBegun = true;
    const round = ++this.#round;
    const until = performance.now() + timeMs;
    for (const row of this.#rows) {
      row.remote?.close();
      row.remote = new Remote(codeOf(row.world.setup));
      row.error = undefined;
    }
    void this.#runAll(round, seeds, until);
  }

  /** All worlds take turns, so that a table that is cut short compares like with like. */
  async #runAll(round: number, seeds: number, until: number): Promise<void> {
    for (let i = 0; i < seeds; i++) {
      for (const row of this.#rows) {
        if (row.runs.length > i || row.error !== undefined) continue;
        await this.#runOne(row, i);
        if (round !== this.#round) return;
      }
      if (i < 3 || i % 5 === 4 || i === seeds - 1) for (const row of this.#rows) show(row);
      if (performance.now() > until) {
        setText(this.#note, 'This world takes long: the rest runs when you ask for it.');
        break;
      }
    }
    for (const row of this.#rows) {
      show(row);
      row.remote?.close();
    }
    const best = bestPossible(this.#lab.scenario);
    if (best === undefined) return;
    setText(this.#note, `No strategy can have a mean below ${time(best.meanMs)} (${best.name}).`);
  }

  /** The scenario's own seed first: its run is the one that is shown, and its hash that of `pnpm sim`. */
  async #runOne(row: Row, i: number): Promise<void> {
    const { scenario, setup } = row.world;
    const seed = (scenario.seed + i) % 2 ** 32;
    const name = strategyOf(setup);
    const strategy: StrategyRef = name === undefined ? { own: true } : { name };
    try {
      const run = await row.remote?.ask({ kind: 'run', scenario, strategy, seed });
      if (run !== undefined) row.runs.push(run);
    } catch (error) {
      row.error = error instanceof Error ? error.message : String(error);
    }
  }
}

function show({ world, runs, cells, error }: Row): void {
  const theory = theoryFor(world.scenario, strategyOf(world.setup));
  const times = (of: (run: RunFigures) => number | null): string => {
    const known = runs.map(of).filter((value) => value !== null);
    if (known.length < 2) return time(known[0]);
    const [low, high] = meanInterval(known);
    return timeWithMargin((low + high) / 2, (high - low) / 2);
  };
  const meanOf = (of: (run: RunFigures) => number): number => mean(runs.map(of));
  const texts = [
    times(({ p50Ms }) => p50Ms),
    times(({ p99Ms }) => p99Ms),
    times(({ meanMs }) => meanMs),
    theory === undefined ? '–' : `${time(theory.meanMs)} (${theory.name})`,
    runs.length === 0 ? '–' : percent(meanOf(({ failed }) => failed)),
    runs.length === 0 ? '–' : meanOf(({ amplification }) => amplification).toFixed(3),
    error === undefined ? String(runs.length) : `ended: ${error}`,
    runs[0]?.traceHash ?? '–',
  ];
  texts.forEach((text, i) => {
    const cell = cells[i];
    if (cell !== undefined) setText(cell, text);
  });
}
