/**
 * Exercise 02: never to the dead, and no turn is lost. Round robin over all members, in their order,
 * passing over those that may not be chosen now.
 *
 * `prepare` is called before the first pick and whenever members come or go, not when one goes down:
 * whether a member may be picked now is told by its `eligible`.
 */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

/** Your own number, if you have one: `pnpm learn` shows it. */
const FIRST = 0;

class FairRoundRobin implements Strategy {
  #members: readonly Endpoint[] = [];
  #next = FIRST;

  prepare(members: readonly Endpoint[]): void {
    this.#members = members;
  }

  pick(_candidates: readonly Endpoint[]): Endpoint {
    const picked = this.#members[this.#next % this.#members.length] as Endpoint;
    this.#next++;
    return picked;
  }
}

const create: StrategyFactory = () => new FairRoundRobin();
export default create;
