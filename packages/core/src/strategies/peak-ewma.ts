/**
 * Peak EWMA: of two endpoints drawn by chance, the one where the next answer is expected sooner.
 *
 * The load metric is an exponentially weighted moving average of the time to the first byte, over
 * time rather than over samples, that jumps to every peak; times attempts in flight + 1, per
 * weight. So it sees slowness that connection counts do not (a worse path, a cold cache), reacts to
 * the first slow answer, and forgives within seconds.
 *
 * Cost: O(1). Wrong where requests differ much in cost by kind (it blames the endpoint for the work
 * it was given).
 * Source: Finagle's `PeakEwma` and `P2CPeakEwma`; Linkerd.
 */

import { exp } from '../math.ts';
import type { Clock } from '../ports.ts';
import type { Endpoint, Outcome, StrategyEnvironment } from '../strategy.ts';
import type { StrategyEntry } from './entry.ts';
import { boundedMs, Likeness, TypicalAnswer } from './latency.ts';
import type { Load } from './loads.ts';
import { number, parseOptions } from './options.ts';
import { powerOfTwo } from './power-of-two.ts';
import { SlotHolders, widened } from './slots.ts';

const UNSEEN = -1;
const AN_HOUR_MS = 3_600_000;
/** Spans of decay after which numbers are scaled down again: e^50 is about 5e21. */
const MOST_SPANS = 50;

/** Settings of `peakEwma`. */
export interface PeakEwmaOptions {
  /** Time in which a sample's influence sinks to 1/e; default 10,000. */
  readonly decayMs?: number;
}

const DECAY_MS = 10_000;

class PeakEwma implements Load {
  readonly #clock: Clock;
  readonly #decayMs: number;
  readonly #slots = new SlotHolders();
  readonly #typical = new TypicalAnswer();
  readonly #likeness = new Likeness();
  /** By slot: the average when it last changed. */
  #costMs: Float64Array = new Float64Array(0);
  /**
   * By slot: the average of now, blown up by e^((now − epoch) / decay). All decay by the same
   * factor at any time, so it cancels out of comparisons, and a pick needs neither clock nor
   * exponential (forward decay: Cormode, Shkapenyuk, Srivastava, Xu 2009).
   */
  #forward: Float64Array = new Float64Array(0);
  /** The typical answer, blown up alike. */
  #typicalForward: number;
  #epochMs: number;

  constructor(clock: Clock, decayMs: number) {
    this.#clock = clock;
    this.#decayMs = decayMs;
    this.#epochMs = clock.now();
    this.#typicalForward = this.#typical.ms;
  }

  prepare(members: readonly Endpoint[]): void {
    this.#likeness.resize(members.length);
    this.#slots.update(members, ({ slot }) => {
      this.#costMs = widened(this.#costMs, this.#slots.length);
      this.#forward = widened(this.#forward, this.#slots.length);
      this.#likeness.begin(slot);
      this.#costMs[slot] = 0;
      this.#forward[slot] = UNSEEN;
    });
  }

  /**
   * The average sinks while no answer comes: a slow endpoint is given another chance. An idle endpoint that
   * answers like the others counts as typical, whatever its last peak was: otherwise the first slow answer
   * of one of two like endpoints would leave it without traffic for seconds.
   */
  of(endpoint: Endpoint): number {
    const { slot, inFlight } = endpoint;
    const isTypical = inFlight === 0 && !this.#likeness.differs(slot);
    const known = isTypical ? UNSEEN : (this.#forward[slot] as number);
    const crowd = (inFlight + 1) / endpoint.weight;
    // Multiplied in each branch: a choice between a field and a cell would box the number.
    return known === UNSEEN ? this.#typicalForward * crowd : known * crowd;
  }

  firstByte(endpoint: Endpoint, afterMs: number): void {
    const sampleMs = boundedMs(afterMs);
    this.#typical.learn(sampleMs);
    this.#learn(endpoint.slot, sampleMs);
  }

  settled(endpoint: Endpoint, outcome: Outcome): void {
    if (outcome.kind !== 'failed') return;
    this.#learn(endpoint.slot, Math.max(boundedMs(outcome.latencyMs), this.#typical.ms));
  }

  /** Up at once, down slowly: a peak is believed, a recovery has to last. */
  #learn(slot: number, sampleMs: number): void {
    const growth = this.#growth();
    this.#likeness.learn(slot, sampleMs);
    const cost = this.#costMs[slot] as number;
    let learnt = sampleMs;
    if (sampleMs < cost) {
      const decayed = (this.#forward[slot] as number) / growth;
      learnt = decayed + sampleMs * (1 - decayed / cost);
    }
    this.#costMs[slot] = learnt;
    this.#forward[slot] = learnt * growth;
    this.#typicalForward = this.#typical.ms * growth;
  }

  /** e^((now − epoch) / decay). When that has become large, now becomes the epoch: O(n), seldom. */
  #growth(): number {
    const spans = (this.#clock.now() - this.#epochMs) / this.#decayMs;
    if (spans < MOST_SPANS) return exp(spans);
    const shrink = exp(-spans);
    for (let slot = 0; slot < this.#forward.length; slot++) {
      const forward = this.#forward[slot] as number;
      if (forward !== UNSEEN) this.#forward[slot] = forward * shrink;
    }
    this.#epochMs = this.#clock.now();
    return 1;
  }
}

/** The load metric of this file, for any picker. */
export function peakEwma({ clock }: StrategyEnvironment, options: PeakEwmaOptions = {}): Load {
  return new PeakEwma(clock, options.decayMs ?? DECAY_MS);
}

const OPTIONS = { decayMs: number(DECAY_MS, 1, AN_HOUR_MS) };

export const peakEwmaEntry: StrategyEntry = {
  name: 'peak-ewma',
  about: 'of two drawn by chance, the one expected to answer sooner; for endpoints that slow down',
  create: (raw = {}) => {
    const options = parseOptions('peak-ewma', raw, OPTIONS);
    return powerOfTwo((environment) => peakEwma(environment, options));
  },
};
