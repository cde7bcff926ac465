/** Whether the simulator does what the live run did, in one word and one sentence. */

import { type Comparison, isAgainstSimulator, isControl, type Results } from '@evenkeel/report';

/**
 * Judged by response times; queueing is stated, but below a millisecond a ratio says little. A figure
 * agrees only where it has power: where a wrong simulator, held against the same live runs, was told
 * apart by it. `pass`: all figures with power agree, and each arm has one. `fail`: a figure surely
 * differs.
 */
export function agreement(comparisons: readonly Comparison[]): Results['verdict'] {
  const figures = comparisons.filter((one) => isAgainstSimulator(one) && one.of !== 'queueing');
  const own = figures.filter((one) => !isControl(one));
  const controls = figures.filter(isControl);
  const hasPower = (figure: Comparison): boolean =>
    controls.some((control) => isSameFigure(control, figure) && differs(control));
  const powered = own.filter(hasPower);
  const agree = powered.filter(({ verdict }) => verdict === 'tie').length;
  const differ = own.filter(differs).length;
  const text = [
    `the simulator surely agrees in ${agree} of ${own.length} figures`,
    `surely differs in ${differ}`,
    `a wrong one would not have been told apart by ${own.length - powered.length}`,
  ].join(', ');
  if (differ > 0) return { status: 'fail', text };
  const armOf = ({ scenario, b }: Comparison): string => `${scenario}\n${b}`;
  const arms = new Set(own.map(armOf));
  const isEachTold = arms.size > 0 && new Set(powered.map(armOf)).size === arms.size;
  return { status: isEachTold && agree === powered.length ? 'pass' : 'unknown', text };
}

function isSameFigure(one: Comparison, other: Comparison): boolean {
  return one.scenario === other.scenario && one.b === other.b && one.metric === other.metric;
}

const differs = ({ verdict }: Comparison): boolean => verdict === 'a' || verdict === 'b';
