/** Composition: a strategy whose choice is one thing, and whose learning is another's. */

import type { Strategy } from '../strategy.ts';

/** What a strategy hears and says besides its picks; load metrics have it too. */
export type Hooks = Omit<Strategy, 'pick'>;

/** A strategy that chooses by `pick` and passes on to `hooks` all that it hears. */
export function relay(hooks: Hooks, pick: Strategy['pick']): Strategy {
  return {
    followsEffectiveWeight: hooks.followsEffectiveWeight === true,
    pick,
    prepare: (members) => hooks.prepare?.(members),
    started: (endpoint) => hooks.started?.(endpoint),
    firstByte: (endpoint, afterMs) => hooks.firstByte?.(endpoint, afterMs),
    settled: (endpoint, outcome) => hooks.settled?.(endpoint, outcome),
  };
}
