/**
 * Token buckets, one per key, as the generic cell rate algorithm keeps them (ITU-T I.371): of each bucket only
 * the moment at which it will be full again is stored. A bucket whose moment is past is like one that
 * was never used, so that forgetting it loses nothing.
 *
 * Law: over any time t a key is granted at most rate · t + burst, as long as fewer keys than half of the limit
 * come while a bucket fills up. Beyond that the keys that were used the longest ago begin anew.
 */

import { RecentKeys } from './recent-keys.ts';

/** How fast buckets fill, and how much they hold. */
export interface BucketTerms {
  /** Tokens … */
  readonly count: number;
  /** … in this time. */
  readonly periodMs: number;
  /** What a full bucket holds. */
  readonly burst: number;
  /** Most buckets that are remembered. */
  readonly clients: number;
}

/** What became of a wish for a token. Times are ≥ 0. */
export interface Taken {
  readonly isGranted: boolean;
  /** Whole tokens that are left. */
  readonly remaining: number;
  /** Until the next token; 0 if there is one. */
  readonly nextMs: number;
  /** Until the bucket is full. */
  readonly fullMs: number;
}

/** Sums of binary fractions are not exact; a token may come this much early. */
const ROUNDING_MS = 1e-6;

export class TokenBuckets {
  readonly #now: () => number;
  #terms: BucketTerms;
  #fullAtMs: RecentKeys<number>;
  #turnedMs: number;

  /** @param now monotonic milliseconds */
  constructor(terms: BucketTerms, now: () => number) {
    this.#terms = terms;
    this.#now = now;
    this.#fullAtMs = new RecentKeys(terms.clients);
    this.#turnedMs = now();
  }

  /** Buckets that are remembered. */
  get size(): number {
    return this.#fullAtMs.size;
  }

  /** Other terms from now on; what was taken stays taken, as far as buckets of the new size can tell. */
  change(terms: BucketTerms): void {
    if (terms.clients !== this.#terms.clients) this.#fullAtMs = new RecentKeys(terms.clients);
    this.#terms = terms;
  }

  /** Takes a token from the bucket of this key, if it has one. */
  take(key: string): Taken {
    const { count, periodMs, burst } = this.#terms;
    const now = this.#now();
    const tokenMs = periodMs / count;
    const capacityMs = burst * tokenMs;
    if (now - this.#turnedMs > capacityMs) {
      // Whatever was not used since the last turn is full.
      this.#turnedMs = now;
      this.#fullAtMs.turn();
    }
    // Under other terms a bucket may have held more.
    const fullAtMs = Math.min(Math.max(this.#fullAtMs.get(key) ?? 0, now), now + capacityMs);
    const missingMs = fullAtMs + tokenMs - now - capacityMs;
    const isGranted = missingMs <= ROUNDING_MS;
    const nextFullAtMs = isGranted ? fullAtMs + tokenMs : fullAtMs;
    this.#fullAtMs.set(key, nextFullAtMs);
    const fullMs = nextFullAtMs - now;
    const remaining = Math.max(0, Math.floor((capacityMs - fullMs + ROUNDING_MS) / tokenMs));
    return { isGranted, remaining, nextMs: Math.max(0, missingMs), fullMs };
  }
}
