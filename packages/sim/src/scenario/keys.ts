/** Which key a request carries: Zipf's law over `count` keys, from one uniform number. */

import { hash32, pow } from '@evenkeel/core';
import type { KeySpec } from './types.ts';

/** What a client writes into its key header or cookie for the key of this rank (0 is the most frequent). */
export function keyName(rank: number): string {
  return `key-${rank}`;
}

/** Draws keys by their frequency. */
export class KeyDistribution {
  readonly #count: number;
  /** P(rank ≤ i), or undefined where all are alike. */
  readonly #cumulative: Float64Array | undefined;
  readonly #hashes: Uint32Array;

  constructor({ count, zipf }: KeySpec) {
    this.#count = count;
    this.#hashes = Uint32Array.from({ length: count }, (_, rank) => hash32(keyName(rank)));
    if (zipf === 0) return;
    const cumulative = new Float64Array(count);
    let sum = 0;
    for (let i = 0; i < count; i++) {
      sum += pow(i + 1, -zipf);
      cumulative[i] = sum;
    }
    for (let i = 0; i < count; i++) cumulative[i] = (cumulative[i] as number) / sum;
    this.#cumulative = cumulative;
  }

  /** The rank for u in [0, 1): the first whose cumulative share exceeds u. */
  rankAt(u: number): number {
    const cumulative = this.#cumulative;
    if (cumulative === undefined) return Math.floor(u * this.#count);
    let low = 0;
    let high = this.#count - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((cumulative[middle] as number) > u) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** `hash32(keyName(rank))`. */
  hash(rank: number): number {
    return this.#hashes[rank] as number;
  }
}
