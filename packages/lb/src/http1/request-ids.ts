/** Ids for requests that come without one, unique among all instances for any practical purpose. */

import type { Random } from '@evenkeel/core';

/** What one instance's ids begin with, and a count that makes each its own. */
export class RequestIds {
  readonly prefix: string;
  #made = 0;

  constructor(random: Random) {
    const word = (): string => random.below(0x8000_0000).toString(36).padStart(6, '0');
    this.prefix = `${word()}${word()}-`;
  }

  /** What follows the prefix in the next id. */
  next(): string {
    return (this.#made++).toString(36);
  }
}
