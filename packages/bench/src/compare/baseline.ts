/**
 * Against an earlier run: latencies of two machines or two days cannot be compared, ratios to the same
 * reference can. What has become worse beyond the intervals of both runs is a regression.
 */

import type { Comparison } from '@evenkeel/report';
import { isGuard } from './compare.ts';

export interface Regression {
  readonly before: Comparison;
  readonly now: Comparison;
}

/**
 * Comparisons of the same arms whose intervals lie apart by more than `margin`, for the worse, or
 * that are lost by having answered less. The reference against itself is none.
 */
export function regressions(
  before: readonly Comparison[],
  now: readonly Comparison[],
  margin: number,
): Regression[] {
  const found: Regression[] = [];
  for (const one of now) {
    const other = before.find((each) => keyOf(each) === keyOf(one));
    if (isGuard(one)) continue;
    if (other !== undefined && isWorse(other, one, margin)) found.push({ before: other, now: one });
  }
  return found;
}

const keyOf = ({ scenario, metric, a, b }: Comparison): string =>
  [scenario, metric, a, b].join('\n');

function isWorse(before: Comparison, now: Comparison, margin: number): boolean {
  if (now.verdict === 'b' && answeredMore(before) - answeredMore(now) >= margin) return true;
  if (before.low === null || before.high === null || now.low === null || now.high === null) {
    return false;
  }
  const moreIsBetter = now.metric === 'throughput';
  return moreIsBetter ? now.high < before.low * (1 - margin) : now.low > before.high * (1 + margin);
}

/** How much more of its requests an arm answered than the reference did. */
function answeredMore({ answered }: Comparison): number {
  return (answered?.a ?? 0) - (answered?.b ?? 0);
}

/** `one-slow p99: evenkeel/x against evenkeel/y was × 0.40, is × 0.80` */
export function regressionText({ before, now }: Regression): string {
  const was = before.ratio?.toFixed(2) ?? '?';
  const is = now.ratio?.toFixed(2) ?? '?';
  return `${now.scenario} ${now.metric}: ${now.a} against ${now.b} was × ${was}, is × ${is}`;
}
