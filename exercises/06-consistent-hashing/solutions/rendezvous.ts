/** Every endpoint draws a number from (key, id); the highest wins. */

import {
  type Endpoint,
  hash32,
  type RequestInfo,
  type Strategy,
  type StrategyFactory,
} from '@evenkeel/core';

/** My number. */
const BUCKETS = 16_384;

const create: StrategyFactory = (): Strategy => ({
  pick(candidates: readonly Endpoint[], { hash }: RequestInfo): Endpoint {
    let winner = candidates[0] as Endpoint;
    let highest = -1;
    for (const candidate of candidates) {
      const drawn = hash32(`${candidate.id}/${hash % BUCKETS}`);
      if (drawn <= highest) continue;
      highest = drawn;
      winner = candidate;
    }
    return winner;
  },
});
export default create;

export const key = { header: 'x-user' };
