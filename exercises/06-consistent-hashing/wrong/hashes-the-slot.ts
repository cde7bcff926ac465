/** Draws from the place in the list, not from the id. @fails leaves: keys moved that had no reason to */

import {
  type Endpoint,
  hash32,
  type RequestInfo,
  type Strategy,
  type StrategyFactory,
} from '@evenkeel/core';

const create: StrategyFactory = (): Strategy => ({
  pick(candidates: readonly Endpoint[], { hash }: RequestInfo): Endpoint {
    const ranked = candidates.map((candidate, place) => ({
      candidate,
      rank: hash32(`${place}`, hash),
    }));
    return ranked.reduce((a, b) => (b.rank > a.rank ? b : a)).candidate;
  },
});
export default create;

export const key = { header: 'x-user' };
