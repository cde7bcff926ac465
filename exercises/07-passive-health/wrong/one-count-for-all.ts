/** One count for all slots. @fails forgets: eject where nothing */

import type { OutlierDetector } from '@evenkeel/core';

const MAX_FAILS = 3;
const FAIL_TIMEOUT_MS = 10_000;

interface Conduct {
  fails: number;
  lastFailMs: number;
}

const create = (): OutlierDetector => {
  const bySlot = new Map<number, Conduct>();
  return {
    record(_slot: number, failed: boolean, nowMs: number): string | undefined {
      const conduct = bySlot.get(0) ?? { fails: 0, lastFailMs: Number.NEGATIVE_INFINITY };
      bySlot.set(0, conduct);
      const isOnProbation = conduct.fails === MAX_FAILS;
      if (!failed) {
        if (isOnProbation) conduct.fails = 0;
        return undefined;
      }
      const isLate = nowMs - conduct.lastFailMs > FAIL_TIMEOUT_MS;
      conduct.lastFailMs = nowMs;
      if (isOnProbation) return 'failed on probation';
      conduct.fails = isLate ? 1 : conduct.fails + 1;
      return conduct.fails === MAX_FAILS ? `${MAX_FAILS} failures` : undefined;
    },
    forget(slot: number): void {
      bySlot.delete(slot);
    },
  };
};
export default create;
