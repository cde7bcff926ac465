/**
 * How many requests an arrival finds at a backend. Poisson arrivals see time averages (R. Wolff, 1982), so
 * that looking at one backend per arrival, each in turn, measures the distribution of its length.
 */

const LENGTHS_MAX = 1000;

/** Samples of queue lengths, those in service included. */
export class QueueLengths {
  readonly #backends: readonly { readonly inFlight: number }[];
  readonly #counts = new Float64Array(LENGTHS_MAX);
  #samples = 0;

  constructor(backends: readonly { readonly inFlight: number }[]) {
    this.#backends = backends;
  }

  sample(): void {
    const length = this.#backends[this.#samples++ % this.#backends.length]?.inFlight ?? 0;
    const cell = Math.min(length, LENGTHS_MAX - 1);
    this.#counts[cell] = (this.#counts[cell] as number) + 1;
  }

  /** Share of samples with k requests, k = 0 … the largest seen. */
  shares(): number[] {
    const shares = Array.from(this.#counts, (count) => count / this.#samples);
    return shares.slice(0, shares.findLastIndex((share) => share > 0) + 1);
  }
}
