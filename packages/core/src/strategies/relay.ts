/** Composition: a strategy whose choice is one thing, and whose learning is another's. */

import type { Strategy } from '../strategy.ts';

/** The hooks of a strategy besides its picks; load metrics have them too. */
export type Hooks = Omit<Strategy, 'pick'>;

/**
 * A strategy that chooses by `pick` and passes on to `hooks` every event. What `hooks` does
 * not implement, the strategy does not either: three calls for nothing would cost as much as a
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
