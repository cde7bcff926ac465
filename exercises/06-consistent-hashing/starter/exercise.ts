/**
 * Exercise 06: consistent hashing. The same key goes to the same endpoint, and when one leaves only its
 * keys move.
 *
 * `request.hash` is a 32-bit hash of the key, and `request.hash % BUCKETS` its bucket: all keys of a bucket stay together.
 * `hash32(text)` makes a hash of any text.
 */

import type { Endpoint, RequestInfo, Strategy, StrategyFactory } from '@evenkeel/core';

/** Your own number, if you have one: `pnpm learn` shows it. */
const BUCKETS = 16_384;

const create: StrategyFactory = (): Strategy => ({
  pick(candidates: readonly Endpoint[], request: RequestInfo): Endpoint {
    return candidates[(request.hash % BUCKETS) % candidates.length] as Endpoint;
  },
});
export default create;

/** Where the key comes from when your file balances live traffic. */
export const key = { header: 'x-user' };
