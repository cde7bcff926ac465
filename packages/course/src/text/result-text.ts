/** Results as text for a terminal. */

import type { ExerciseResult, TestResult } from '../grade/result.ts';

const MARKS = { pass: '✓', fail: '✗', error: '✗', timeout: '✗' } as const;

/** One check: a line, and for a failing one what was expected, the counter-example and how to see it again. */
export function testLines(test: TestResult): string[] {
  const about = test.about === '' ? test.name : `${test.name}: ${test.about}`;
  const lines = [`  ${MARKS[test.status]} ${about}  ${test.score}/${test.maxScore}`];
  if (test.message !== '')
    lines.push(`      ${test.status === 'pass' ? '' : 'found: '}${test.message}`);
  if (test.status === 'pass') return lines;
  if (test.expected !== undefined) lines.splice(1, 0, `      expected: ${test.expected}`);
  if (test.trace !== undefined && test.trace.length > 0) {
    lines.push('', ...test.trace.map((line) => `      ${line}`), '');
  }
  if (test.replay !== undefined) lines.push(`      again: ${test.replay}`);
  if (test.watch !== undefined) lines.push(`      watch: ${test.watch}`);
  return lines;
}

/** An exercise with its checks. */
export function exerciseLines({ id, score, maxScore, tests }: ExerciseResult): string[] {
  return [`${id}  ${score}/${maxScore}`, ...tests.flatMap(testLines)];
}
