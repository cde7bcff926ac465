/** Each bucket has its own order of preference among the members. */

import {
  type Endpoint,
  hash32,
  type RequestInfo,
  type Strategy,
  type StrategyFactory,
} from '@evenkeel/core';

/** My number. */
const BUCKETS = 16_384;

class Preferences implements Strategy {
  #members: readonly Endpoint[] = [];
  readonly #orders = new Map<number, readonly Endpoint[]>();

  prepare(members: readonly Endpoint[]): void {
    this.#members = members;
    this.#orders.clear();
  }

  pick(candidates: readonly Endpoint[], { hash }: RequestInfo): Endpoint {
    const bucket = hash % BUCKETS;
    let order = this.#orders.get(bucket);
    if (order === undefined) {
      const rank = (member: Endpoint): number => hash32(member.id, bucket);
      order = this.#members.toSorted((a, b) => rank(a) - rank(b));
      this.#orders.set(bucket, order);
    }
    return order.find(({ eligible }) => eligible) ?? (candidates[0] as Endpoint);
  }
}

const create: StrategyFactory = () => new Preferences();
export default create;

export const key = { header: 'x-user' };
