/**
 * A bench in one sentence. `pass` means that it has told something: at least one arm apart from the
 * reference, or equal to it. Where nothing could be told, the answer is `unknown`, not a good mark.
 */

import {
  type Comparison,
  isAgainstSimulator,
  type Results,
  type Run,
  SIMULATED,
} from '@evenkeel/report';
import { agreement } from './agreement.ts';
import { type Regression, regressionText } from './baseline.ts';

/** `worse`: what has become worse since an earlier run. */
export function benchVerdict(
  comparisons: readonly Comparison[],
  runs: readonly Run[],
  worse: readonly Regression[],
): Results['verdict'] {
  const live = runs.filter(({ subject }) => subject !== SIMULATED);
  const voids = live.filter(({ valid }) => !valid).length;
  const { status, text } = findings(comparisons, live, worse);
  return { status, text: voids === 0 ? text : `${text}; ${voids} of ${live.length} runs void` };
}

function findings(
  comparisons: readonly Comparison[],
  live: readonly Run[],
  worse: readonly Regression[],
): Results['verdict'] {
  if (worse.length > 0) {
    return { status: 'fail', text: `regression: ${worse.map(regressionText).join('; ')}` };
  }
  if (comparisons.length === 0) {
    const status = live.some(({ valid }) => valid) ? 'pass' : 'unknown';
    return { status, text: `${live.length} time line${live.length === 1 ? '' : 's'}` };
  }
  if (comparisons.every(({ n }) => n === 0)) {
    return { status: 'unknown', text: 'no valid round was left to compare' };
  }
  const between = comparisons.filter((one) => !isAgainstSimulator(one));
  if (between.length === 0) return agreement(comparisons);
  const told = between.filter((one) => !isGuard(one) && one.verdict !== 'unresolved');
  const scenarios = [...new Set(between.map(({ scenario }) => scenario))];
  const text = scenarios
    .map((name) => scenarioText(between.filter(({ scenario }) => scenario === name)))
    .join('; ');
  return {
    status: told.length > 0 ? 'pass' : 'unknown',
    text,
  };
}

/** The reference against itself: what is told there is told of the machine. */
const isGuard = ({ a, b }: Comparison): boolean => a === `${b}#2`;

/** One scenario's comparisons, all against the same reference. */
function scenarioText(all: readonly Comparison[]): string {
  const [first] = all;
  if (first === undefined) return '';
  const { scenario, metric, b: reference } = first;
  const guard = all.find(isGuard);
  if (guard?.verdict === 'a' || guard?.verdict === 'b') {
    return `${scenario}: ${reference} differs from itself, so nothing is concluded`;
  }
  const others = all.filter((one) => one !== guard);
  const list = (verdict: Comparison['verdict'], how: string): string[] => {
    const arms = others.filter((one) => one.verdict === verdict).map(({ a }) => a);
    return arms.length === 0 ? [] : [`${arms.join(', ')} ${how} ${reference}`];
  };
  const parts = [...list('a', 'ahead of'), ...list('b', 'behind'), ...list('tie', 'level with')];
  const found = parts.length === 0 ? `nothing told apart from ${reference}` : parts.join(', ');
  return `${scenario}: ${found} at ${metric}`;
}
