/** A line: the first that may be picked goes to its end. */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

/** My number. */
const FIRST = 0;

class FairRoundRobin implements Strategy {
  #line: Endpoint[] = [];

  prepare(members: readonly Endpoint[]): void {
    const stayed = this.#line.filter((endpoint) => members.includes(endpoint));
    const arrived = members.filter((member) => !stayed.includes(member));
    const first = this.#line.length === 0 ? FIRST % members.length : 0;
    this.#line = [...stayed, ...arrived.slice(first), ...arrived.slice(0, first)];
  }

  pick(candidates: readonly Endpoint[]): Endpoint {
    const at = this.#line.findIndex(({ eligible }) => eligible);
    if (at < 0) return candidates[0] as Endpoint;
    const [next] = this.#line.splice(at, 1) as [Endpoint];
    this.#line.push(next);
    return next;
  }
}

const create: StrategyFactory = () => new FairRoundRobin();
export default create;
