/** Least connections in which every recent failure counts like several requests that still run. */

import type { Endpoint, Outcome, Strategy, StrategyFactory } from '@evenkeel/core';

const FAILURE_COUNTS_AS = 20;
const HALF_LIFE_MS = 2_000;

interface Failures {
  amount: number;
  atMs: number;
}

class Wary implements Strategy {
  readonly #failures = new WeakMap<Endpoint, Failures>();
  readonly #now: () => number;
  readonly #below: (n: number) => number;

  constructor(now: () => number, below: (n: number) => number) {
    this.#now = now;
    this.#below = below;
  }

  pick(candidates: readonly Endpoint[]): Endpoint {
    let chosen = candidates[0] as Endpoint;
    let equals = 0;
    for (const candidate of candidates) {
      const difference = this.#load(candidate) - this.#load(chosen);
      if (difference > 0) continue;
      equals = difference < 0 ? 1 : equals + 1;
      if (this.#below(equals) === 0) chosen = candidate;
    }
    return chosen;
  }

  settled(endpoint: Endpoint, { kind }: Outcome): void {
    if (kind !== 'failed') return;
    const amount = this.#recent(endpoint) + FAILURE_COUNTS_AS;
    this.#failures.set(endpoint, { amount, atMs: this.#now() });
  }

  #load(endpoint: Endpoint): number {
    return (endpoint.inFlight + this.#recent(endpoint)) / endpoint.weight;
  }

  #recent(endpoint: Endpoint): number {
    const failures = this.#failures.get(endpoint);
    if (failures === undefined) return 0;
    return failures.amount / (1 + (this.#now() - failures.atMs) / HALF_LIFE_MS);
  }
}

const create: StrategyFactory = ({ clock, random }) =>
  new Wary(
    () => clock.now(),
    (n) => random.below(n),
  );
export default create;
