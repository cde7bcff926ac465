/**
 * The planned requests of a scenario: when each is sent, how much work it is, its method and key.
 * A function of scenario and seed alone, so that every strategy, every product, the simulator
 * and the live bench meet the same requests. Each property has a random stream of its own.
 */

import { type Distribution, fillUniform, type Random, seededRandom } from '@evenkeel/core';
import { distributionOf } from './fleet.ts';
import { KeyDistribution, keyName } from './keys.ts';
import { type ArrivalTimes, arrivalTimes, rateSegments } from './rates.ts';
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
  /** The service time where all backends draw it alike, sampled from `work`; else NaN. */
  readonly serviceMs: number;
  readonly post: boolean;
  /** The key, in a form of the source's own. */
  readonly key: number;
  /** `hash32` of a key that was the present request's once: worked out for the strategies that ask. */
  hashOf(key: number): number;
}

/**
 * Requests that are planned at once: in blocks, streams and logarithms cost a fraction. Small enough that a
 * block stays in the processor's nearest cache with what else a simulated request needs.
 */
const BLOCK = 128;

/** The planned requests, one at a time, without an object for each. */
export class ArrivalPlan implements RequestSource {
  index = -1;
  /** The present request's place in the block. */
  #at = BLOCK - 1;
  readonly #atMs = new Float64Array(BLOCK);
  readonly #work = new Float64Array(BLOCK);
  readonly #method = new Float64Array(BLOCK);
  readonly #key = new Float64Array(BLOCK);
  readonly #serviceMs = new Float64Array(BLOCK);
  readonly #endMs: number;
  readonly #arrivals: ArrivalTimes | undefined;
  readonly #keys: KeyDistribution;
  readonly #streams: Readonly<Record<'work' | 'method' | 'key', Random>>;
  readonly #postShare: number;
  readonly #service: Distribution | undefined;

  /** @param seed decides everything random; the scenario's own is not read */
  constructor(scenario: Planned, seed: number) {
    const random = seededRandom(seed);
    const { load, fleet } = scenario;
    const [first] = fleet;
    this.#endMs = endOfLoadMs(load);
    this.#streams = {
      work: random.fork('work'),
      method: random.fork('method'),
      key: random.fork('key'),
    };
    this.#postShare = load.postShare;
    this.#keys = new KeyDistribution(load.keys);
    if (first !== undefined && fleet.length === 1) this.#service = distributionOf(first.service);
    if (load.kind === 'open') {
      const segments = rateSegments({ ...scenario, load });
      this.#arrivals = arrivalTimes(load.arrivals, segments, random.fork('arrivals'));
    }
  }

  get atMs(): number {
    return this.#atMs[this.#at] as number;
  }
  get work(): number {
    return this.#work[this.#at] as number;
  }
  get serviceMs(): number {
    return this.#serviceMs[this.#at] as number;
  }
  get post(): boolean {
    return this.#postShare > 0 && (this.#method[this.#at] as number) < this.#postShare;
  }
  get keyRank(): number {
    return this.#keys.rankAt(this.key);
  }
  get key(): number {
    return this.#key[this.#at] as number;
  }
  hashOf(key: number): number {
    return this.#keys.hash(this.#keys.rankAt(key));
  }

  advance(): boolean {
    if (this.#at === BLOCK - 1) this.#planBlock();
    if ((this.#atMs[this.#at + 1] as number) >= this.#endMs) return false;
    this.#at++;
    this.index++;
    return true;
  }

  #planBlock(): void {
    this.#at = -1;
    this.#arrivals?.(this.#atMs);
    fillUniform(this.#streams.work, this.#work);
    if (this.#postShare > 0) fillUniform(this.#streams.method, this.#method);
    fillUniform(this.#streams.key, this.#key);
    const service = this.#service;
    const serviceMs = this.#serviceMs;
    const work = this.#work;
    if (service === undefined) serviceMs.fill(Number.NaN);
    else for (let i = 0; i < BLOCK; i++) serviceMs[i] = service.sampleAt(work[i] as number);
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
