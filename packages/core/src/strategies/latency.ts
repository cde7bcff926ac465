/**
 * What load metrics that learn from latencies have in common. They learn from the time to the first
 * byte, so that a long download is not mistaken for a slow server. Three things each must settle:
 *
 * - An endpoint without a sample is presumed typical: the mean of the samples of all. A
 *   prior of 0 would send everything to a newcomer, a large one nothing; and this needs no unit.
 * - Like endpoints are to get like shares also where traffic is light: one slow answer by chance (a new
 *   connection, a pause) must not send everything elsewhere. So a difference counts only where it is larger
 *   than the noise of the endpoint's own answers.
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

/** Samples that an endpoint's own mean remembers. */
const OWN_MEMORY = 32;
/** A difference of so many standard errors is no chance. */
const SURE_ERRORS = 3;
/** Below, the spread of the samples says nothing yet. */
const SAMPLES_MIN = 4;

/** Mean and spread over the last samples. */
class Spread {
  mean = 0;
  samples = 0;
  #meanSquare = 0;

  get variance(): number {
    return Math.max(0, this.#meanSquare - this.mean * this.mean);
  }

  learn(sample: number, memory: number): void {
    this.samples = Math.min(this.samples + 1, memory);
    this.mean += (sample - this.mean) / this.samples;
    this.#meanSquare += (sample * sample - this.#meanSquare) / this.samples;
  }
}

/** Whether endpoints answer like the others, judged by the noise of the answers; by slot. */
export class Likeness {
  readonly #all = new Spread();
  readonly #own: Spread[] = [];
  #members = 1;
  /** By slot: it differs. Worked out when something is learned, since picks are more. */
  readonly #differs: boolean[] = [];

  /** @param members how many endpoints there are */
  resize(members: number): void {
    this.#members = members;
  }

  /** The slot has a new owner, of which nothing is known. */
  begin(slot: number): void {
    this.#own[slot] = new Spread();
    this.#differs[slot] = false;
  }

  learn(slot: number, sample: number): void {
    const own = this.#own[slot];
    this.#all.learn(sample, MEMORY);
    if (own === undefined) return;
    own.learn(sample, OWN_MEMORY);
    this.#differs[slot] = this.#isUnlikely(own);
  }

  /** The endpoint's mean differs from that of the others by more than noise explains. */
  differs(slot: number): boolean {
    return this.#differs[slot] === true;
  }

  #isUnlikely(own: Spread): boolean {
    const others = this.#members - 1;
    if (own.samples < SAMPLES_MIN || others < 1) return false;
    // As if all had answered as often: the mean of the others from that of all.
    const difference = own.mean - (this.#all.mean * this.#members - own.mean) / others;
    // A few samples may lie close together by chance: no less noise than all answers have.
    const variance = Math.max(own.variance, this.#all.variance);
    const error2 = variance / own.samples + this.#all.variance / this.#all.samples;
    return difference * difference > SURE_ERRORS * SURE_ERRORS * error2;
  }
}
