/** Marks in the form that GitHub Classroom's graders hand to its reporter. */

import type { Grade, Status, TestResult } from '../grade/result.ts';
import { rounded } from '../grade/result.ts';
import { testLines } from './result-text.ts';

type ClassroomStatus = 'pass' | 'fail' | 'error';

/** The reporter knows no time-outs. */
function statusOf(status: Status): ClassroomStatus {
  return status === 'timeout' ? 'error' : status;
}

function testOf(exercise: string, test: TestResult): object {
  return {
    name: `${exercise} ${test.name}`,
    status: statusOf(test.status),
    score: test.score,
    message: test.status === 'pass' ? '' : testLines(test).join('\n'),
    test_code: test.replay ?? '',
    line_no: 0,
  };
}

/**
 * What `classroom-resources/autograding-grading-reporter` reads, in base64, from a variable `NAME_RESULTS`: points are
 * the sum of the tests' `score` over the sum of `max_score`.
 */
export function classroomOf({ exercises }: Grade): object {
  const statuses = exercises.map(({ status }) => statusOf(status));
  const worst = (['error', 'fail'] as const).find((status) => statuses.includes(status));
  return {
    version: 1,
    status: worst ?? 'pass',
    max_score: rounded(exercises.reduce((sum, { maxScore }) => sum + maxScore, 0)),
    tests: exercises.flatMap(({ id, tests }) => tests.map((test) => testOf(id, test))),
  };
}
