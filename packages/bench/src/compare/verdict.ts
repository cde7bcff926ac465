/**
 * A bench in one sentence. `pass` means that it has told something: at least one arm apart from the
 * reference, or equal to it. Where nothing could be told, the answer is `unknown`, not a good mark.
 */

import {
  type Comparison,
  type Difference,
  format,
  isAgainstSimulator,
  isGuard,
  type Results,
  type Run,
  regressionText,
  SIMULATED,
  shortName,
} from '@evenkeel/report';
import { agreement } from './agreement.ts';

/** `worse`: what has become worse since an earlier run. */
export function benchVerdict(
  comparisons: readonly Comparison[],
  runs: readonly Run[],
  worse: readonly Difference[],
): Results['verdict'] {
  const live = runs.filter(({ subject }) => subject !== SIMULATED);
  const voids = live.filter(({ valid }) => !valid).length;
  const { status, text } = findings(comparisons, live, worse);
  return { status, text: voids === 0 ? text : `${text}; ${voids} of ${live.length} runs void` };
}

function findings(
  comparisons: readonly Comparison[],
  live: readonly Run[],
  worse: readonly Difference[],
): Results['verdict'] {
  if (worse.length > 0) {
    return {
      status: 'fail',
      text: `regression: ${worse.map((one) => regressionText(one, worse)).join('; ')}`,
    };
  }
  if (comparisons.length === 0) {
    const status = live.some(({ valid }) => valid) ? 'pass' : 'unknown';
    return { status, text: format.counted(live.length, 'time line') };
  }
  if (comparisons.every(({ n }) => n === 0)) {
    const reasons = new Set(comparisons.map(({ reason }) => reason ?? 'no common valid round'));
    return { status: 'unknown', text: `nothing was compared: ${[...reasons].join('; ')}` };
  }
  const between = comparisons.filter((one) => !isAgainstSimulator(one));
  if (between.length === 0) return agreement(comparisons);
  const told = between.filter((one) => !isGuard(one) && one.verdict !== 'unresolved');
  const scenarios = [...new Set(between.map(({ scenario }) => scenario))];
  const text = scenarios
    .map((name) => scenarioText(between.filter(({ scenario }) => scenario === name)))
    .join('; ');
  return { status: told.length > 0 ? 'pass' : 'unknown', text };
}

/** One scenario's comparisons, all against the same reference. */
function scenarioText(all: readonly Comparison[]): string {
  const [first] = all;
  if (first === undefined) return '';
  const { scenario, metric, wanted, b } = first;
  const names = all.flatMap((one) => [one.a, one.b]);
  const reference = shortName(b, names);
  const guard = all.find(isGuard);
  if (guard?.verdict === 'a' || guard?.verdict === 'b') {
    return `${scenario}: ${reference} differs from itself, so nothing is concluded`;
  }
  const others = all.filter((one) => one !== guard);
  const list = (verdict: Comparison['verdict'], how: string): string[] => {
    const arms = others.filter((one) => one.verdict === verdict);
    return arms.length === 0 ? [] : [`${arms.map((one) => armText(one, names)).join(', ')} ${how}`];
  };
  const parts = [
    ...list('a', `better than ${reference}`),
    ...list('b', `worse than ${reference}`),
    ...list('tie', `level with ${reference}`),
  ];
  const at = wanted === undefined ? metric : `${metric} (too few samples for ${wanted})`;
  if (parts.length > 0) return `${scenario}: at ${at}, ${parts.join('; ')}`;
  const rounds = Math.max(0, ...others.map((one) => one.roundsForTenPercent ?? 0));
  const more =
    rounds === 0 ? '' : `; to see 10 % at this noise take ${format.counted(rounds, 'round')}`;
  return `${scenario}: nothing told apart from ${reference} at ${at}${more}`;
}

/** `peak-ewma (× 0.25)`, or why where it is not by how fast. */
function armText({ a, ratio, reason }: Comparison, names: readonly string[]): string {
  const why = reason ?? (ratio === null ? undefined : `× ${ratio.toFixed(2)}`);
  return why === undefined ? shortName(a, names) : `${shortName(a, names)} (${why})`;
}
