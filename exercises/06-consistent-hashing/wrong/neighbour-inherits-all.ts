/** All keys of one that is out go to one neighbour. @fails spill: the others got */

import {
  type Endpoint,
  hash32,
  type RequestInfo,
  type Strategy,
  type StrategyFactory,
} from '@evenkeel/core';

class Successor implements Strategy {
  #members: readonly Endpoint[] = [];

  prepare(members: readonly Endpoint[]): void {
    this.#members = members.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  pick(candidates: readonly Endpoint[], { hash }: RequestInfo): Endpoint {
    const rank = (member: Endpoint): number => hash32(member.id, hash);
    const owner = this.#members.reduce((a, b) => (rank(b) > rank(a) ? b : a));
    const at = this.#members.indexOf(owner);
    for (let i = 0; i < this.#members.length; i++) {
      const member = this.#members[(at + i) % this.#members.length] as Endpoint;
      if (member.eligible) return member;
    }
    return candidates[0] as Endpoint;
  }
}

const create: StrategyFactory = () => new Successor();
export default create;

export const key = { header: 'x-user' };
