/** States with names: well, suspected, on probation. */

import type { OutlierDetector } from '@evenkeel/core';

const MAX_FAILS = 3;
const FAIL_TIMEOUT_MS = 10_000;

type State =
  | { readonly name: 'suspected'; readonly fails: number; readonly sinceMs: number }
  | { readonly name: 'probation' };

function afterFailure(state: State | undefined, nowMs: number): State {
  if (state?.name === 'probation') return state;
  const isSoon = state !== undefined && nowMs - state.sinceMs <= FAIL_TIMEOUT_MS;
  const fails = isSoon ? state.fails + 1 : 1;
  return fails < MAX_FAILS ? { name: 'suspected', fails, sinceMs: nowMs } : { name: 'probation' };
}

const create = (): OutlierDetector => {
  const states = new Map<number, State>();
  return {
    record(slot: number, failed: boolean, nowMs: number): string | undefined {
      const state = states.get(slot);
      if (!failed) {
        if (state?.name === 'probation') states.delete(slot);
        return undefined;
      }
      const next = afterFailure(state, nowMs);
      states.set(slot, next);
      return next.name === 'probation' ? 'too many failures' : undefined;
    },
    forget: (slot: number): void => void states.delete(slot),
  };
};
export default create;
