/**
 * The lab's state: what is shown (a file), at which moment, how fast; and the worlds that show it. Everything
 * that changes it goes through here, and every part that draws it is notified here.
 */

import { endOfLoadMs, type Scenario } from '@evenkeel/sim/engine';
import type { FrameAnswer, StrategyRef } from '../src/engine/protocol.ts';
import {
  checkLabFile,
  type LabFile,
  type LabWorld,
  scenarioOf,
  strategyOf,
} from '../src/state/lab-file.ts';
import { Remote } from './remote.ts';

/** What has changed. */
export type Change = 'file' | 'time' | 'playing' | 'speed' | 'worlds';

/** One world, as far as it is known. */
export interface World {
  readonly setup: LabWorld;
  readonly scenario: Scenario;
  readonly remote: Remote;
  answer: FrameAnswer | undefined;
  /** Why it shows nothing more. */
  error: string | undefined;
}

/** Travel from a client to a backend, in time of the reader. */
const TRAVEL_READER_MS = 700;
const DEFAULT_SPEED = 0.1;
/** At high speeds travel would fill the picture. */
const TRAVEL_MAX_MS = 1500;

/** The code of a strategy of the user's own. */
export function codeOf(setup: LabWorld): string | undefined {
  return typeof setup !== 'string' && 'code' in setup ? setup.code : undefined;
}

/** See the head of this file. */
export class Lab {
  #file: LabFile;
  #scenario: Scenario;
  #worlds: World[] = [];
  #isPlaying = false;
  #isAsking = false;
  #isDirty = true;
  #asked = 0;
  readonly #listeners: ((change: Change) => void)[] = [];
  /** Travelling requests that a frame may have; less on a machine that cannot draw them. */
  dotsMax = 1500;

  constructor(file: LabFile) {
    this.#file = file;
    this.#scenario = scenarioOf(file, 'round-robin');
    this.#load();
  }

  get file(): LabFile {
    return this.#file;
  }
  get scenario(): Scenario {
    return this.#scenario;
  }
  get worlds(): readonly World[] {
    return this.#worlds;
  }
  get atMs(): number {
    return this.#file.atMs;
  }
  get endMs(): number {
    return endOfLoadMs(this.#scenario.load);
  }
  get isPlaying(): boolean {
    return this.#isPlaying;
  }
  /** Virtual time per time of the reader. */
  get speed(): number {
    return this.#file.speed ?? DEFAULT_SPEED;
  }
  /** All worlds show the present moment. */
  get isSettled(): boolean {
    return !this.#isAsking && !this.#isDirty;
  }

  listen(listener: (change: Change) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Shows another file: worlds restart from their seed, and are simulated to the moment.
   * @throws {LabFileError} or {ScenarioError}, changing nothing
   */
  open(file: unknown, source = 'the lab'): void {
    const checked = checkLabFile(file, source);
    const scenario = scenarioOf(checked, 'round-robin');
    this.#file = { ...checked, atMs: Math.min(checked.atMs, endOfLoadMs(scenario.load)) };
    this.#scenario = scenario;
    this.#load();
    this.#tell('file');
  }

  seek(atMs: number): void {
    const to = Math.min(Math.max(0, atMs), this.endMs);
    this.#file = { ...this.#file, atMs: to };
    this.#isDirty = true;
    this.#tell('time');
  }

  play(isPlaying: boolean): void {
    if (isPlaying && this.atMs >= this.endMs) this.seek(0);
    // What stands still is asked for once more: while it played, figures came now and then only.
    if (this.#isPlaying && !isPlaying) this.#isDirty = true;
    this.#isPlaying = isPlaying;
    this.#tell('playing');
  }

  setSpeed(speed: number): void {
    this.#file = { ...this.#file, speed };
    this.#isDirty = true;
    this.#tell('speed');
  }

  /** To the next instant at which something happens in one of the worlds. */
  async stepOne(): Promise<void> {
    this.play(false);
    await this.settled();
    const alive = this.#worlds.filter(({ error }) => error === undefined);
    const nexts = await Promise.allSettled(alive.map(({ remote }) => remote.ask({ kind: 'next' })));
    const times = nexts.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const next = Math.min(...times);
    if (next < Infinity) this.seek(next);
  }

  /** Moves on by `passedMs` of the reader's time, and asks the worlds for what is to be seen. */
  tick(passedMs: number): void {
    if (this.#isAsking) return;
    if (this.#isPlaying) {
      const to = this.atMs + Math.min(100, passedMs) * this.speed;
      this.#file = { ...this.#file, atMs: Math.min(to, this.endMs) };
      this.#isDirty = true;
      if (this.atMs >= this.endMs) this.play(false);
      this.#tell('time');
    }
    if (this.#isDirty) this.#ask();
  }

  /** Resolves when the worlds show the present moment. */
  async settled(): Promise<void> {
    while (!this.isSettled) {
      if (!this.#isAsking) this.#ask();
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
  }

  get travelMs(): number {
    return Math.min(TRAVEL_MAX_MS, TRAVEL_READER_MS * this.speed);
  }

  #load(): void {
    const before = this.#worlds;
    this.#worlds = this.#file.strategies.map((setup, i) => {
      const code = codeOf(setup);
      const old = before[i];
      // One that works at an answer might do so for minutes: another one takes its place.
      const isFree = old !== undefined && !old.remote.ended && !old.remote.isBusy;
      const canStay = isFree && codeOf(old.setup) === code;
      const remote = canStay ? old.remote : new Remote(code);
      const scenario = scenarioOf(this.#file, setup);
      const world: World = { setup, scenario, remote, answer: undefined, error: undefined };
      const strategy: StrategyRef =
        code === undefined ? { name: strategyOf(setup) ?? 'round-robin' } : { own: true };
      void this.#guard(world, remote.ask({ kind: 'load', scenario, strategy }));
      return world;
    });
    for (const { remote } of before) {
      if (!this.#worlds.some((world) => world.remote === remote)) remote.close();
    }
    this.#isDirty = true;
    this.#isAsking = false;
    this.#asked++;
    this.#tell('worlds');
  }

  #ask(): void {
    this.#isAsking = true;
    this.#isDirty = false;
    const round = ++this.#asked;
    const { atMs, travelMs, dotsMax } = this;
    const withFigures = this.wantsFigures();
    const worlds = this.#worlds.filter(({ error }) => error === undefined);
    const answers = worlds.map(async (world) => {
      const ask = { kind: 'frame', atMs, travelMs, dotsMax, withFigures } as const;
      const answer = await this.#guard(world, world.remote.ask(ask));
      if (answer === undefined || round !== this.#asked) return;
      const { frame, figures } = answer;
      world.answer = { frame, figures: figures ?? world.answer?.figures };
    });
    void Promise.all(answers).then(() => {
      if (round === this.#asked) this.#isAsking = false;
    });
  }

  /** Figures are asked for now and then, and whenever the film stands still. */
  wantsFigures: () => boolean = () => true;

  async #guard<T>(world: World, answer: Promise<T>): Promise<T | undefined> {
    try {
      return await answer;
    } catch (error) {
      if (!this.#worlds.includes(world)) return undefined;
      // What it says first is the cause.
      world.error ??= error instanceof Error ? error.message : String(error);
      this.#tell('worlds');
      return undefined;
    }
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }
}
