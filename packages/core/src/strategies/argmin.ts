/**
 * The least of many, ties broken fairly. The one place where a tie is broken by chance: an idle
 * fleet is one big tie, and giving it to the first sends all light traffic to one endpoint.
 */

import type { Random } from '../ports.ts';
import type { Endpoint } from '../strategy.ts';
import type { Load } from './loads.ts';

/**
 * Finds the least loaded candidate. Keeps a list of the tied ones, so that it need not allocate.
 */
export class FairArgmin {
  readonly #random: Random;
  #tied: Int32Array = new Int32Array(16);

  constructor(random: Random) {
    this.#random = random;
  }

  /** One of the least loaded, each with the same probability; loads that are NaN never win. */
  of(candidates: readonly Endpoint[], load: Load): Endpoint {
    const count = candidates.length;
    if (this.#tied.length < count) this.#tied = new Int32Array(2 * count);
    const tied = this.#tied;
    let least = Number.POSITIVE_INFINITY;
    let ties = 0;
    for (let i = 0; i < count; i++) {
      const present = load.of(candidates[i] as Endpoint);
      if (present > least) continue;
      if (present < least) {
        least = present;
        ties = 0;
      }
      if (present === least) tied[ties++] = i;
    }
    if (ties === 1) return candidates[tied[0] as number] as Endpoint;
    if (ties === 0) return candidates[this.#random.below(count)] as Endpoint;
    return candidates[tied[this.#random.below(ties)] as number] as Endpoint;
  }
}
