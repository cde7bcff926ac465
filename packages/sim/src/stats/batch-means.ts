/**
 * How sure is a mean? Response times of one run depend on each other (a long queue delays all that
 * wait in it), so that their plain standard error is far too small. Batch means: cut the run into
 * a few long batches, whose means hardly depend on each other, and take the interval from
 * those. The number of requests need not be known: when the batches are full, neighbours are joined.
 */

import { centralQuantile } from '@evenkeel/core/stats';

const BATCHES_MAX = 40;
const BATCHES_MIN = BATCHES_MAX / 2;

/** Mean and confidence interval of a sequence of dependent values. */
export class BatchMeans {
  readonly #sums = new Float64Array(BATCHES_MAX);
  #full = 0;
  #batchSize = 1;
  #sum = 0;
  #count = 0;
  #totalSum = 0;
  #totalCount = 0;

  record(value: number): void {
    this.#totalSum += value;
    this.#totalCount++;
    this.#sum += value;
    if (++this.#count < this.#batchSize) return;
    this.#sums[this.#full++] = this.#sum;
    this.#sum = 0;
    this.#count = 0;
    if (this.#full === BATCHES_MAX) this.#join();
  }

  /**
   * The 95 % interval around the mean of all values, or undefined with too few to say. Its width is
   * that of the full batches.
   */
  interval(): [low: number, high: number] | undefined {
    const n = this.#full;
    if (n < BATCHES_MIN || this.#batchSize === 1) return undefined;
    let mean = 0;
    for (let i = 0; i < n; i++) mean += (this.#sums[i] as number) / this.#batchSize / n;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const deviation = (this.#sums[i] as number) / this.#batchSize - mean;
      squares += deviation * deviation;
    }
    const half = centralQuantile(0.95, n - 1) * Math.sqrt(squares / (n - 1) / n);
    const whole = this.#totalSum / this.#totalCount;
    return [whole - half, whole + half];
  }

  #join(): void {
    for (let i = 0; i < BATCHES_MIN; i++) {
      this.#sums[i] = (this.#sums[2 * i] as number) + (this.#sums[2 * i + 1] as number);
    }
    this.#full = BATCHES_MIN;
    this.#batchSize *= 2;
  }
}
