/** Modulo the number of members, then the next that is alive. @fails leaves: keys moved that had no reason to */

import type { Endpoint, RequestInfo, Strategy, StrategyFactory } from '@evenkeel/core';

class Modulo implements Strategy {
  #members: readonly Endpoint[] = [];

  prepare(members: readonly Endpoint[]): void {
    this.#members = members;
  }

  pick(candidates: readonly Endpoint[], { hash }: RequestInfo): Endpoint {
    for (let i = 0; i < this.#members.length; i++) {
      const member = this.#members[(hash + i) % this.#members.length] as Endpoint;
      if (member.eligible) return member;
    }
    return candidates[0] as Endpoint;
  }
}

const create: StrategyFactory = () => new Modulo();
export default create;

export const key = { header: 'x-user' };
