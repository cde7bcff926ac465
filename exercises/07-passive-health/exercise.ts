/**
 * Exercise 07: passive health. Which endpoint has failed too often lately? nginx's rule: so many failures,
 * each soon after the one before.
 *
 * `record` hears of every attempt that ended, and returns why its endpoint should be ejected, or undefined.
 */

import type { OutlierDetector } from '@evenkeel/core';

/** Your own numbers, if you have some: `pnpm learn` shows them. */
const MAX_FAILS = 3;
const FAIL_TIMEOUT_MS = 10_000;

const create = (): OutlierDetector => {
  const fails: number[] = [];
  return {
    record(slot: number, failed: boolean): string | undefined {
      fails[slot] = failed ? (fails[slot] ?? 0) + 1 : 0;
      return fails[slot] >= MAX_FAILS ? `${MAX_FAILS} within ${FAIL_TIMEOUT_MS} ms` : undefined;
    },
    forget(slot: number): void {
      fails[slot] = 0;
    },
  };
};
export default create;
