/** One run of a world, and how far of it has been shown. */

import type { StrategyFactory } from '@evenkeel/core';
import { type Scenario, Simulation } from '@evenkeel/sim/engine';
import { EventLog } from './events.ts';
import { Figures } from './figures.ts';
import { Picture } from './picture.ts';

/** What a world is made of. */
export interface RunOptions {
  readonly scenario: Scenario;
  /** Makes the factory anew, so that each run begins with a strategy that knows nothing. */
  readonly strategy: () => StrategyFactory;
}

/** Virtual time that is simulated between two calls of `chunk`. */
const CHUNK_MS = 250;

/** One run, and what has been seen of it. */
export class Run {
  readonly scenario: Scenario;
  readonly log: EventLog;
  readonly picture: Picture;
  readonly figures: Figures;
  /** The moment that the picture shows. */
  shownMs = -1;
  /** Index of the first event that lies ahead of it. */
  ahead = 0;
  readonly #simulation: Simulation;
  #lastEventMs = 0;

  constructor({ scenario, strategy }: RunOptions, ids: readonly string[]) {
    this.scenario = scenario;
    this.log = new EventLog(ids);
    this.picture = new Picture(ids.length, scenario.load.warmupMs);
    this.figures = new Figures(scenario, this.picture);
    this.#simulation = new Simulation({ scenario, strategy: strategy(), observer: this.log });
  }

  /** Everything has happened, and has been shown. */
  get isOver(): boolean {
    return this.#simulation.isOver && this.ahead === this.log.end;
  }

  get traceHash(): string | undefined {
    return this.#simulation.isOver ? this.#simulation.result().traceHash : undefined;
  }

  get nextMs(): number {
    return this.log.at(this.ahead)?.atMs ?? this.#simulation.nextMs;
  }

  show(atMs: number, travelMs: number, chunk?: () => void): void {
    const from = Math.max(0, this.shownMs);
    for (let stop = from + CHUNK_MS; stop < atMs && !this.isOver; stop += CHUNK_MS) {
      this.#showUpTo(stop, travelMs);
      chunk?.();
    }
    this.#showUpTo(atMs, travelMs);
  }

  #showUpTo(atMs: number, travelMs: number): void {
    this.#simulation.advance(atMs + travelMs);
    const { log, picture, figures } = this;
    for (let event = log.at(this.ahead); event !== undefined; event = log.at(this.ahead)) {
      if (event.atMs > atMs) break;
      figures.passTo(event.atMs);
      picture.apply(event);
      figures.apply(event);
      this.#lastEventMs = event.atMs;
      this.ahead++;
    }
    figures.passTo(this.isOver ? Math.min(atMs, this.#lastEventMs) : atMs, false);
    this.shownMs = atMs;
    log.dropBefore(atMs - travelMs, this.ahead);
  }
}
