/**
 * Load metrics that learn how fast an endpoint answers. Both learn from the time to the first byte,
 * so that a long download is not mistaken for a slow server, and multiply it by the attempts
 * that would be running: an estimate of how long one more would wait.
 *
 * Two things that every such metric must settle:
 * - An endpoint without a sample is presumed typical: the mean of what is being heard from all. A
 *   prior of 0 would send everything to a newcomer, a large one nothing; and this needs no unit.
 * - A failure counts as no faster than the endpoint's own and a typical answer: otherwise the backend
 *   that refuses at once looks like the fastest.
 */

import { exp } from '../math.ts';
import type { Clock } from '../ports.ts';
import type { Endpoint, Outcome, StrategyEnvironment } from '../strategy.ts';
import type { Load } from './loads.ts';
import { SlotHolders, widened } from './slots.ts';

const UNSEEN = -1;
/** e^50. */
const LARGE_GROWTH = 5e21;
/** An idle week must not overflow: e^600 times a day, in ms, is still a number. */
const MOST_SPANS = 600;
/** A day: whatever a driver reports, products of loads stay finite. */
const LONGEST_MS = 86_400_000;
/** Before anything is known all endpoints are alike, and the value does not matter. */
const FIRST_GUESS_MS = 1;
/** Samples that a mean remembers; fewer while there are fewer. */
const MEMORY = 32;

function bounded(afterMs: number): number {
  return afterMs >= 0 ? Math.min(afterMs, LONGEST_MS) : 0;
}

/** A mean over the last samples, the recent ones counting more. */
class TypicalAnswer {
  ms = FIRST_GUESS_MS;
  #samples = 0;

  learn(afterMs: number): void {
    this.#samples = Math.min(this.#samples + 1, MEMORY);
    this.ms += (afterMs - this.ms) / this.#samples;
  }
}

/** Settings of `peakEwma`. */
export interface PeakEwmaOptions {
  /** Time in which a sample's influence sinks to 1/e; default 10,000. */
  readonly decayMs?: number;
}

export const PEAK_EWMA_DECAY_MS = 10_000;

class PeakEwma implements Load {
  readonly #clock: Clock;
  readonly #decayMs: number;
  readonly #slots = new SlotHolders();
  readonly #typical = new TypicalAnswer();
  /** By slot: the average when it last changed. */
  #costMs: Float64Array = new Float64Array(0);
  /**
   * By slot: the average of now, blown up by e^((now − epoch) / decay). All decay by the same factor at
   * any time, so it cancels out of comparisons, and a pick needs neither clock nor exponential
   * (forward decay: Cormode, Shkapenyuk, Srivastava, Xu 2009).
   */
  #forward: Float64Array = new Float64Array(0);
  #epochMs: number;

  constructor(clock: Clock, decayMs: number) {
    this.#clock = clock;
    this.#decayMs = decayMs;
    this.#epochMs = clock.now();
  }

  prepare(members: readonly Endpoint[]): void {
    this.#slots.update(members, ({ slot }) => {
      this.#costMs = widened(this.#costMs, this.#slots.length);
      this.#forward = widened(this.#forward, this.#slots.length);
      this.#costMs[slot] = 0;
      this.#forward[slot] = UNSEEN;
    });
  }

  /** The average sinks while nothing is heard: a slow endpoint is given another chance. */
  of(endpoint: Endpoint): number {
    const known = this.#forward[endpoint.slot] as number;
    const cost = known === UNSEEN ? this.#typical.ms * this.#growth() : known;
    return (cost * (endpoint.inFlight + 1)) / endpoint.weight;
  }

  firstByte(endpoint: Endpoint, afterMs: number): void {
    const sampleMs = bounded(afterMs);
    this.#typical.learn(sampleMs);
    this.#learn(endpoint.slot, sampleMs);
  }

  settled(endpoint: Endpoint, outcome: Outcome): void {
    if (outcome.kind !== 'failed') return;
    const own = this.#costMs[endpoint.slot] as number;
    this.#learn(endpoint.slot, Math.max(bounded(outcome.latencyMs), own, this.#typical.ms));
  }

  /** Up at once, down slowly: a peak is believed, a recovery has to last. */
  #learn(slot: number, sampleMs: number): void {
    const growth = this.#growthWithinRange();
    const cost = this.#costMs[slot] as number;
    let learnt = sampleMs;
    if (sampleMs < cost) {
      const decayed = (this.#forward[slot] as number) / growth;
      learnt = decayed + sampleMs * (1 - decayed / cost);
    }
    this.#costMs[slot] = learnt;
    this.#forward[slot] = learnt * growth;
  }

  #growth(): number {
    const spans = (this.#clock.now() - this.#epochMs) / this.#decayMs;
    return exp(Math.min(spans, MOST_SPANS));
  }

  /** Moves the epoch to now when the growth since has become large: O(n), once in 50 spans. */
  #growthWithinRange(): number {
    const growth = this.#growth();
    if (growth < LARGE_GROWTH) return growth;
    for (let slot = 0; slot < this.#forward.length; slot++) {
      const forward = this.#forward[slot] as number;
      if (forward !== UNSEEN) this.#forward[slot] = forward / growth;
    }
    this.#epochMs = this.#clock.now();
    return 1;
  }
}

/**
 * Peak EWMA: an exponentially weighted moving average of the time to the first byte, over time
 * rather than samples, that jumps to every peak; times attempts in flight + 1, per weight.
 * Source: Finagle's `PeakEwma` (Twitter, 2014).
 */
export function peakEwma({ clock }: StrategyEnvironment, options: PeakEwmaOptions = {}): Load {
  return new PeakEwma(clock, options.decayMs ?? PEAK_EWMA_DECAY_MS);
}

class ResponseTime implements Load {
  readonly #slots = new SlotHolders();
  readonly #typical = new TypicalAnswer();
  #meanMs: Float64Array = new Float64Array(0);
  #samples: Float64Array = new Float64Array(0);

  prepare(members: readonly Endpoint[]): void {
    this.#slots.update(members, ({ slot }) => {
      this.#meanMs = widened(this.#meanMs, this.#slots.length);
      this.#samples = widened(this.#samples, this.#slots.length);
      this.#samples[slot] = 0;
    });
  }

  of(endpoint: Endpoint): number {
    return (this.#mean(endpoint.slot) * (endpoint.inFlight + 1)) / endpoint.weight;
  }

  firstByte(endpoint: Endpoint, afterMs: number): void {
    const sampleMs = bounded(afterMs);
    this.#typical.learn(sampleMs);
    this.#learn(endpoint.slot, sampleMs);
  }

  settled(endpoint: Endpoint, outcome: Outcome): void {
    if (outcome.kind !== 'failed') return;
    const { slot } = endpoint;
    this.#learn(slot, Math.max(bounded(outcome.latencyMs), this.#mean(slot), this.#typical.ms));
  }

  #mean(slot: number): number {
    return this.#samples[slot] === 0 ? this.#typical.ms : (this.#meanMs[slot] as number);
  }

  #learn(slot: number, sampleMs: number): void {
    const samples = Math.min((this.#samples[slot] as number) + 1, MEMORY);
    const mean = this.#mean(slot);
    this.#meanMs[slot] = mean + (sampleMs - mean) / samples;
    this.#samples[slot] = samples;
  }
}

/**
 * Mean time to the first byte over the last 32 or so answers, times attempts in flight + 1, per
 * weight. Never forgets by itself: its picker must explore.
 */
export function responseTime(): Load {
  return new ResponseTime();
}
