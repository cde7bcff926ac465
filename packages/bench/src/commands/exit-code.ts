/** Exit codes of the contract. */

import type { Results } from '@evenkeel/report';

export const EXIT = { ok: 0, failed: 1, usage: 2, unknown: 3, interrupted: 130 } as const;

/**
 * 1 on a regression (the verdict `fail`), when a comparison has no valid round left (not with
 * `quick`), or on any void run with `strict`.
 */
export function benchExitCode(
  { comparisons, runs, verdict }: Pick<Results, 'comparisons' | 'runs' | 'verdict'>,
  { strict, quick }: { readonly strict: boolean; readonly quick: boolean },
): number {
  if (verdict.status === 'fail') return EXIT.failed;
  if (strict && runs.some(({ valid }) => !valid)) return EXIT.failed;
  if (!quick && comparisons.some(({ n }) => n === 0)) return EXIT.failed;
  return EXIT.ok;
}

/** pass 0, fail 1, unknown 3. */
export function chaosExitCode({ verdict }: Pick<Results, 'verdict'>): number {
  return { pass: EXIT.ok, fail: EXIT.failed, unknown: EXIT.unknown }[verdict.status];
}
