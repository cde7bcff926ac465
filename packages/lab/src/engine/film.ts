/**
 * One world that can be looked at at any moment: the adapter between the lab and the simulator. The run is
 * always a little ahead of the picture, so that a request can be seen travelling to where it will arrive. To go
 * back, the past is simulated again from the seed: it is exact, and there is nothing to keep.
 */

import { expandFleet } from '@evenkeel/sim/engine';
import type { FiguresJson } from './figures.ts';
import type { Frame } from './frame.ts';
import { frameOf } from './frame-of.ts';
import { Run, type RunOptions } from './run.ts';

/** See the head of this file. */
export class Film {
  readonly #options: RunOptions;
  readonly #ids: readonly string[];
  #run: Run;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#ids = expandFleet(options.scenario).map(({ id }) => id);
    this.#run = new Run(options, this.#ids);
  }

  /** When something happens next after the moment last looked at. */
  get nextMs(): number {
    return this.#run.nextMs;
  }

  /**
   * The world at `atMs`; requests take `travelMs` from end to end of the picture.
   * @param chunk called again and again while much has to be simulated
   */
  frame(atMs: number, travelMs: number, dotsMax: number, chunk?: () => void): Frame {
    const isPast = atMs < this.#run.shownMs || atMs - travelMs < this.#run.log.forgottenMs;
    if (isPast) this.#run = new Run(this.#options, this.#ids);
    this.#run.show(atMs, travelMs, chunk);
    return frameOf(this.#run, travelMs, dotsMax);
  }

  figures(): FiguresJson {
    return this.#run.figures.json();
  }

  /** Of the whole run, once it is over. */
  get traceHash(): string | undefined {
    return this.#run.traceHash;
  }
}
