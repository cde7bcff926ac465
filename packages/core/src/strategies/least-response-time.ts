/**
 * Least response time: the endpoint with the least mean time to first byte × (in flight + 1).
 *
 * Looks at all, where peak-ewma looks at two, and keeps a mean, where that believes the peaks. A
 * mean is renewed only by traffic, so a plain one starves an endpoint whose first answers were slow
 * by chance. Against that:
 * - a difference below a half, or within the noise of the endpoint's own answers, is taken for chance, so that
 *   like endpoints tie;
 * - a mean that is not renewed fades into the typical one, so that an endpoint that is avoided is
 *   tried again.
 *
 * Cost: O(n). Wrong for short-lived slowness, to which a mean is slow, and with many balancers,
 * which all run to the same favourite. Source: nginx Plus `least_time header`; Citrix ADC `least
 * response time`.
 */

import type { Endpoint, Outcome } from '../strategy.ts';
import type { StrategyEntry } from './entry.ts';
import { boundedMs, Likeness, TypicalAnswer } from './latency.ts';
import { leastLoaded } from './least-loaded.ts';
import type { Load } from './loads.ts';
import { plainEntry } from './options.ts';
import { SlotHolders, widened } from './slots.ts';

/** Samples that an endpoint's own mean remembers while they are fresh. */
const MEMORY = 32;
/** Answers from others, per member, that halve the weight of one without recent answers. */
const HALF_LIFE = 8;
/** A mean this many times the typical one, or a fraction as small, is no chance. */
const NOTABLE = 1.5;

class ResponseTime implements Load {
  readonly #slots = new SlotHolders();
  readonly #typical = new TypicalAnswer();
  readonly #likeness = new Likeness();
  #members = 1;
  #answers = 0;
  /** By slot: the mean as a multiple of the typical answer; positive. */
  #ratio: Float64Array = new Float64Array(0);
  /** By slot: the number of answers, from all, at its own last answer. */
  #heardAt: Float64Array = new Float64Array(0);

  prepare(members: readonly Endpoint[]): void {
    this.#members = members.length;
    this.#likeness.resize(members.length);
    this.#slots.update(members, ({ slot }) => {
      this.#ratio = widened(this.#ratio, this.#slots.length);
      this.#heardAt = widened(this.#heardAt, this.#slots.length);
      this.#likeness.begin(slot);
      this.#ratio[slot] = 1;
      this.#heardAt[slot] = this.#answers;
    });
  }

  of(endpoint: Endpoint): number {
    const ratio = 1 + ((this.#ratio[endpoint.slot] as number) - 1) * this.#freshness(endpoint.slot);
    const isNotable =
      (ratio > NOTABLE || ratio * NOTABLE < 1) && this.#likeness.differs(endpoint.slot);
    return ((isNotable ? ratio : 1) * (endpoint.inFlight + 1)) / endpoint.weight;
  }

  firstByte(endpoint: Endpoint, afterMs: number): void {
    const sampleMs = boundedMs(afterMs);
    this.#typical.learn(sampleMs);
    this.#learn(endpoint.slot, sampleMs / this.#typical.ms);
  }

  settled(endpoint: Endpoint, outcome: Outcome): void {
    if (outcome.kind !== 'failed') return;
    const took = boundedMs(outcome.latencyMs) / this.#typical.ms;
    const { slot } = endpoint;
    this.#learn(slot, Math.max(took, this.#ratio[slot] as number, 1));
  }

  #learn(slot: number, sample: number): void {
    this.#likeness.learn(slot, sample);
    // What is out of date counts for fewer samples: a recovery shows soon.
    const remembered = Math.max(1, MEMORY * this.#freshness(slot));
    const ratio = this.#ratio[slot] as number;
    this.#ratio[slot] = ratio + (sample - ratio) / remembered;
    this.#answers += 1;
    this.#heardAt[slot] = this.#answers;
  }

  /** 1 for an endpoint that has just answered; sinks with every answer that comes from others. */
  #freshness(slot: number): number {
    const missed = this.#answers - (this.#heardAt[slot] as number);
    const halfLife = HALF_LIFE * this.#members;
    return halfLife / (halfLife + missed);
  }
}

/** The load metric of this file, for any picker; its unit is the typical answer of the fleet. */
export function responseTime(): Load {
  return new ResponseTime();
}

export const leastResponseTimeEntry: StrategyEntry = plainEntry(
  'least-response-time',
  'the least mean response time × load; for endpoints of lasting, unknown differences',
  leastLoaded(responseTime),
);
