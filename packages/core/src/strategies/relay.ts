/** Composition: a strategy whose choice is one thing, and whose learning is another's. */

import type { Strategy } from '../strategy.ts';

/** What a strategy hears and says besides its picks; load metrics have it too. */
export type Hooks = Omit<Strategy, 'pick'>;

/**
 * A strategy that chooses by `pick` and passes on to `hooks` all that it hears. What `hooks` does
 * not want to hear, the strategy does not either: three calls for nothing would cost as much as a
 * pick.
 */
export function relay(hooks: Hooks, pick: Strategy['pick']): Strategy {
  return {
    followsEffectiveWeight: hooks.followsEffectiveWeight === true,
    pick,
    ...(hooks.prepare && { prepare: (members) => hooks.prepare?.(members) }),
    ...(hooks.started && { started: (endpoint) => hooks.started?.(endpoint) }),
    ...(hooks.firstByte && { firstByte: (endpoint, ms) => hooks.firstByte?.(endpoint, ms) }),
    ...(hooks.settled && { settled: (endpoint, outcome) => hooks.settled?.(endpoint, outcome) }),
  };
}
