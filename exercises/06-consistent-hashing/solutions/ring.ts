/** A ring with many points per endpoint, clockwise to the next that may be picked. */

import {
  type Endpoint,
  hash32,
  type RequestInfo,
  type Strategy,
  type StrategyFactory,
} from '@evenkeel/core';

/** My number. */
const BUCKETS = 16_384;

const POINTS = 160;

interface Point {
  readonly at: number;
  readonly owner: Endpoint;
}

class Ring implements Strategy {
  #points: Point[] = [];

  prepare(members: readonly Endpoint[]): void {
    this.#points = members
      .flatMap((owner) =>
        Array.from({ length: POINTS }, (_, i) => ({ at: hash32(`${owner.id}#${i}`), owner })),
      )
      .sort((a, b) => a.at - b.at);
  }

  pick(candidates: readonly Endpoint[], { hash }: RequestInfo): Endpoint {
    const points = this.#points;
    const at = hash32(`bucket ${hash % BUCKETS}`);
    let [low, high] = [0, points.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((points[middle] as Point).at < at) low = middle + 1;
      else high = middle;
    }
    for (let i = 0; i < points.length; i++) {
      const { owner } = points[(low + i) % points.length] as Point;
      if (owner.eligible) return owner;
    }
    return candidates[0] as Endpoint;
  }
}

const create: StrategyFactory = () => new Ring();
export default create;

export const key = { header: 'x-user' };
