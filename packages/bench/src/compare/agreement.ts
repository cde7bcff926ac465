/** Whether the simulator does what the live run did, in one word and one sentence. */

import { type Comparison, isAgainstSimulator, isControl, type Results } from '@evenkeel/report';

/**
 * Judged by response times; queueing is stated, but below a millisecond a ratio says little. `pass`:
 * every figure surely agrees, and the check would have noticed a wrong simulator. `fail`: a figure
 * surely differs.
 */
export function agreement(comparisons: readonly Comparison[]): Results['verdict'] {
  const all = comparisons.filter(isAgainstSimulator);
  const figures = all.filter(({ of }) => of !== 'queueing');
  const own = figures.filter((one) => !isControl(one));
  const control = figures.filter(isControl);
  const agree = own.filter(({ verdict }) => verdict === 'tie').length;
  const differ = own.filter(differs).length;
  const noticed = control.filter(differs).length;
  const text = [
    `the simulator surely agrees in ${agree} of ${own.length} figures`,
    `surely differs in ${differ}`,
    `a wrong one was told apart in ${noticed} of ${control.length}`,
  ].join(', ');
  if (differ > 0) return { status: 'fail', text };
  const isAgreed = own.length > 0 && agree === own.length;
  return { status: isAgreed && noticed > 0 ? 'pass' : 'unknown', text };
}

const differs = ({ verdict }: Comparison): boolean => verdict === 'a' || verdict === 'b';
