/** Leaves the key's owner when that is busy. @fails leaves: keys moved that had no reason to */

import {
  type Endpoint,
  hash32,
  type RequestInfo,
  type Strategy,
  type StrategyFactory,
} from '@evenkeel/core';

const create: StrategyFactory = (): Strategy => {
  let busiest = 0;
  return {
    pick(candidates: readonly Endpoint[], { hash }: RequestInfo): Endpoint {
      busiest = (busiest + 1) % 3;
      const rank = (member: Endpoint): number => hash32(member.id, hash);
      const ranked = candidates.toSorted((a, b) => rank(b) - rank(a));
      return ranked[busiest === 0 ? ranked.length - 1 : 0] as Endpoint;
    },
  };
};
export default create;

export const key = { header: 'x-user' };
