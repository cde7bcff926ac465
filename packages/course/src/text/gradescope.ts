/** Marks in the form of Gradescope's results.json. */

import type { Grade, TestResult } from '../grade/result.ts';
import { rounded } from '../grade/result.ts';
import { testLines } from './result-text.ts';

function testOf(exercise: string, test: TestResult): object {
  return {
    name: `${exercise} ${test.name}`,
    score: test.score,
    max_score: test.maxScore,
    status: test.status === 'pass' ? 'passed' : 'failed',
    output: testLines(test).join('\n'),
    output_format: 'text',
  };
}

/**
 * See https://gradescope-autograders.readthedocs.io, "Autograder specifications". Students see all but `extra_data`:
 * the seed is there, because hidden scenarios are drawn from it.
 */
export function gradescopeOf({ exercises, kit, seed }: Grade): object {
  return {
    score: rounded(exercises.reduce((sum, { score }) => sum + score, 0)),
    output: `graded by kit ${kit}`,
    output_format: 'text',
    extra_data: { kit, seed },
    visibility: 'visible',
    tests: exercises.flatMap(({ id, tests }) => tests.map((test) => testOf(id, test))),
  };
}
