/**
 * What load metrics that learn from latencies have in common. They learn from the time to the first
 * byte, so that a long download is not mistaken for a slow server. Two things each must settle:
 *
 * - An endpoint without a sample is presumed typical: the mean of what is being heard from all. A
 *   prior of 0 would send everything to a newcomer, a large one nothing; and this needs no unit.
 * - A failure counts as no faster than the endpoint's own and a typical answer: otherwise the
 *   backend that refuses at once looks like the fastest.
 */

/** A nanosecond: no answer takes no time, so that ratios of times are numbers. */
const SHORTEST_MS = 1e-6;
/** A day: whatever a driver reports, products of loads stay finite. */
const LONGEST_MS = 86_400_000;
/** Before anything is known all endpoints are alike, and the value does not matter. */
const FIRST_GUESS_MS = 1;
/** Samples that the mean remembers; fewer while there are fewer. */
const MEMORY = 256;

/** A reported time as a positive, finite number. */
export function boundedMs(afterMs: number): number {
  return afterMs >= SHORTEST_MS ? Math.min(afterMs, LONGEST_MS) : SHORTEST_MS;
}

/** A mean over the last answers of all endpoints, the recent ones counting more. */
export class TypicalAnswer {
  ms: number = FIRST_GUESS_MS;
  #samples = 0;

  learn(sampleMs: number): void {
    this.#samples = Math.min(this.#samples + 1, MEMORY);
    this.ms += (sampleMs - this.ms) / this.#samples;
  }
}
