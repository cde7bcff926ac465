/**
 * The load generator: one process, or several that send one load together, for more than one of them can send.
 * All live for all runs.
 */

import { UsageError } from '../usage.ts';
import { Generator, GeneratorError } from './generator.ts';
import type { Job, Progress, Samples } from './job.ts';
import { mergeSamples, splitJob } from './split.ts';

/** Every process has been told by then when to start. */
const START_IN_MS = 10;

export class Generators implements AsyncDisposable {
  #all: readonly Generator[];

  constructor(count = 1) {
    this.#all = generators(count);
  }

  /**
   * Runs one job; jobs may not overlap. Where a process ends or fails the run has no samples, and says why in
   * `cutShort`: what the others sent is only a part of the load that was asked for.
   * @throws {InterruptedError} once `signal` is aborted; no further job may follow
   */
  async run(
    job: Job,
    onProgress: (progress: Progress) => void = () => {},
    signal?: AbortSignal,
  ): Promise<Samples> {
    const parts = partsOf(job, this.#all.length);
    try {
      const loaded = parts.map((part, i) => this.#at(i, (one) => one.load(part, signal)));
      await Promise.all(loaded);
      const atEpochMs = performance.timeOrigin + performance.now() + START_IN_MS;
      const latest: Progress[] = [];
      const samples = parts.map((_, i) => {
        const note = (progress: Progress): void => {
          latest[i] = progress;
          onProgress(together(latest));
        };
        return this.#at(i, (one) => one.start(atEpochMs, note, signal));
      });
      const [only, ...others] = await Promise.all(samples);
      return only !== undefined && others.length === 0
        ? only
        : mergeSamples(only === undefined ? others : [only, ...others]);
    } catch (error) {
      if (!(error instanceof GeneratorError)) throw error;
      const fresh = generators(this.#all.length);
      await this[Symbol.asyncDispose]();
      this.#all = fresh;
      return noSamples(error.message);
    }
  }

  /** Does something with process `i`, whose name its failure carries. */
  async #at<T>(i: number, act: (one: Generator) => Promise<T>): Promise<T> {
    const one = this.#all[i];
    if (one === undefined) throw new RangeError(`there is no generator ${i}`);
    try {
      return await act(one);
    } catch (error) {
      if (!(error instanceof GeneratorError)) throw error;
      throw new GeneratorError(`${generatorName(i, this.#all.length)} ${error.message}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#all.map((one) => one[Symbol.asyncDispose]()));
  }
}

/** How messages name process `i` (from 0). */
export function generatorName(i: number, count: number): string {
  return count === 1 ? 'the generator' : `generator ${i + 1} of ${count}`;
}

function generators(count: number): Generator[] {
  return Array.from({ length: count }, () => new Generator());
}

/** A closed loop's clients take their requests from one hand: they belong to one process. */
function partsOf(job: Job, count: number): readonly Job[] {
  if (count === 1) return [job];
  if (job.kind === 'open') return splitJob(job, count);
  throw new UsageError('--generators: expected scenarios of kind open, got closed');
}

function together(parts: readonly (Progress | undefined)[]): Progress {
  const sum = { elapsedMs: 0, sent: 0, ended: 0, ok: 0 };
  for (const part of parts) {
    if (part === undefined) continue;
    sum.elapsedMs = Math.max(sum.elapsedMs, part.elapsedMs);
    sum.sent += part.sent;
    sum.ended += part.ended;
    sum.ok += part.ok;
  }
  return sum;
}

function noSamples(cutShort: string): Samples {
  return {
    startedEpochMs: performance.timeOrigin + performance.now(),
    sentMs: new Float64Array(),
    endedMs: new Float64Array(),
    outcome: new Uint8Array(),
    backend: new Uint8Array(),
    backends: [],
    processes: [],
    cutShort,
  };
}
