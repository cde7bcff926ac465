/**
 * The planned requests of a scenario: when each is sent, how much work it is, its method and key.
 * A function of scenario and seed alone, so that every strategy, every product, the simulator
 * and the live bench meet the same requests. Each property has a random stream of its own.
 */

import { type Random, seededRandom } from '@evenkeel/core';
import { KeyDistribution, keyName } from './keys.ts';
import { arrivalTimes, type NextArrival, rateSegments } from './rates.ts';
import type { Load, Scenario } from './types.ts';

/** What a plan of requests depends on, besides the seed. */
export type Planned = Pick<Scenario, 'fleet' | 'load' | 'actions'>;

export { keyName };

/** One planned request. */
export interface PlannedRequest {
  /** From 0. */
  readonly index: number;
  /** From the start of the load, warm-up included; 0 in a closed load, where answers set the pace. */
  readonly atMs: number;
  readonly method: 'GET' | 'POST';
  /** Size of the body to send. */
  readonly bodyBytes: number;
  readonly key: string;
  /** u in [0, 1): what the backend's service time is sampled from (`X-Work`). */
  readonly work: number;
}

/** Where requests come from, for a driver that makes no object per request. */
export interface RequestSource {
  /** Moves to the next request; false when there is none. */
  advance(): boolean;
  /** The present request; as in `PlannedRequest`. */
  readonly index: number;
  readonly atMs: number;
  readonly work: number;
  readonly post: boolean;
  /** `hash32` of the key. */
  readonly keyHash: number;
}

/** The planned requests, one at a time, without an object for each. */
export class ArrivalPlan implements RequestSource {
  index = -1;
  atMs = 0;
  work = 0;
  post = false;
  keyRank = 0;
  keyHash = 0;
  readonly #endMs: number;
  readonly #next: NextArrival;
  readonly #keys: KeyDistribution;
  readonly #work: Random;
  readonly #method: Random;
  readonly #key: Random;
  readonly #postShare: number;

  /** @param seed decides everything random; the scenario's own is not read */
  constructor(scenario: Planned, seed: number) {
    const random = seededRandom(seed);
    const { load } = scenario;
    this.#endMs = endOfLoadMs(load);
    this.#work = random.fork('work');
    this.#method = random.fork('method');
    this.#key = random.fork('key');
    this.#postShare = load.postShare;
    this.#keys = new KeyDistribution(load.keys);
    this.#next =
      load.kind === 'open'
        ? arrivalTimes(load.arrivals, rateSegments({ ...scenario, load }), random.fork('arrivals'))
        : () => 0;
  }

  advance(): boolean {
    const atMs = this.#next(this.atMs);
    if (atMs >= this.#endMs) return false;
    this.atMs = atMs;
    this.index++;
    this.work = this.#work.next();
    this.post = this.#postShare > 0 && this.#method.next() < this.#postShare;
    this.keyRank = this.#keys.rankAt(this.#key.next());
    this.keyHash = this.#keys.hash(this.keyRank);
    return true;
  }
}

/** When the last request is sent, from the start of the load. */
export function endOfLoadMs(load: Load): number {
  return load.warmupMs + load.durationMs;
}

/**
 * The planned requests as objects, in order of time. For a closed load the plan has no end: each
 * client takes the next one when it is free.
 */
export function* planArrivals(
  scenario: Planned,
  seed: number,
): Generator<PlannedRequest, void, undefined> {
  const plan = new ArrivalPlan(scenario, seed);
  while (plan.advance()) {
    yield {
      index: plan.index,
      atMs: plan.atMs,
      method: plan.post ? 'POST' : 'GET',
      bodyBytes: plan.post ? scenario.load.bodyBytes : 0,
      key: keyName(plan.keyRank),
      work: plan.work,
    };
  }
}
