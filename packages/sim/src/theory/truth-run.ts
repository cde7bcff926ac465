/**
 * Runs truth cases until their own noise is small enough to tell theory from a mistake.
 *
 * How noisy a figure is, is read off independent replications: short runs, each with a warm-up and seeds
 * of its own. Unlike batch means this works for every figure alike, and a 99th percentile needs
 * several times the requests that a mean does. The figure itself is that of all replications together.
 */

import { hash32, strategyNamed } from '@evenkeel/core';
import { Histogram, standardError } from '@evenkeel/core/stats';
import { simulate } from '../engine/simulation.ts';
import { type Figures, TRUTH_CASES, type TruthCase } from './truth-cases.ts';

/**
 * A difference from theory beyond this is a mistake: a run ends when three standard deviations of every
 * figure, as a share of it, are less.
 */
export const TOLERANCE = 0.02;
const REPLICATION = 400_000;
const REPLICATIONS_MIN = 10;
const REPLICATIONS_MAX = 2000;

/** A case at a load, as data: `place` in `TRUTH_CASES`. */
export interface TruthTask {
  readonly place: number;
  readonly load: number;
  readonly seed: number;
  /** So many, and no more for the sake of precision. */
  readonly requests?: number | undefined;
}

/** A figure beside theory. */
export interface Comparison {
  readonly quantity: string;
  readonly expected: number;
  readonly measured: number;
  /** measured / expected − 1. */
  readonly difference: number;
  /** Three standard deviations of `difference`. */
  readonly noise: number;
}

/** What came of a task. */
export interface TruthRow extends TruthTask {
  readonly name: string;
  readonly requests: number;
  readonly comparisons: readonly Comparison[];
}

/** Every case at every load with every seed. */
export function truthTasks(loads: readonly number[], seeds: number): TruthTask[] {
  return TRUTH_CASES.flatMap((_, place) =>
    loads.flatMap((load) =>
      Array.from({ length: seeds }, (_, i) => ({ place, load, seed: i + 1 })),
    ),
  );
}

/** Adds replications until every figure is precise enough, unless the task says how many requests. */
export function runTruth(task: TruthTask): TruthRow {
  const { place, load, seed } = task;
  const truth = TRUTH_CASES[place] as TruthCase;
  const replications = new Replications(truth, load);
  const isEnough = (): boolean => {
    if (task.requests !== undefined) return replications.requests >= task.requests;
    if (replications.count < REPLICATIONS_MIN) return false;
    return replications.count >= REPLICATIONS_MAX || replications.noise < TOLERANCE;
  };
  // Seeds that no two cases share: otherwise one lucky draw would flatter them all.
  while (!isEnough()) replications.add(hash32(`${place} ${load} ${seed} ${replications.count}`));
  const { requests, comparisons } = replications;
  return { ...task, name: truth.name, requests, comparisons };
}

/** Runs of one case, and what they say together. */
class Replications {
  requests = 0;
  readonly #truth: TruthCase;
  readonly #load: number;
  readonly #response = new Histogram();
  readonly #queueLengths: number[] = [];
  /** By quantity, the figure of each replication. */
  readonly #values: number[][];

  constructor(truth: TruthCase, load: number) {
    this.#truth = truth;
    this.#load = load;
    this.#values = truth.quantities(load).map(() => []);
  }

  get count(): number {
    return this.#values[0]?.length ?? 0;
  }

  /** Of the figure that is the least certain. */
  get noise(): number {
    return Math.max(...this.comparisons.map(({ noise }) => noise));
  }

  get comparisons(): readonly Comparison[] {
    const together: Figures = {
      response: this.#response,
      queueLengths: this.#queueLengths.map((share) => share / this.count),
    };
    return this.#truth.quantities(this.#load).map(({ name, expected, figure }, i) => {
      const measured = figure(together);
      const noise = (3 * standardError(this.#values[i] ?? [])) / expected;
      return { quantity: name, expected, measured, difference: measured / expected - 1, noise };
    });
  }

  add(seed: number): void {
    const result = simulate({
      scenario: this.#truth.scenario(this.#load, REPLICATION),
      strategy: strategyNamed(this.#truth.strategy).create(),
      seed,
      requests: REPLICATION,
      queueLengths: true,
    });
    this.requests += result.requests.sent;
    this.#response.add(result.response);
    for (const [length, share] of result.queueLengths.entries()) {
      this.#queueLengths[length] = (this.#queueLengths[length] ?? 0) + share;
    }
    for (const [i, { figure }] of this.#truth.quantities(this.#load).entries()) {
      this.#values[i]?.push(figure(result));
    }
  }
}
