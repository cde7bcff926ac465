/** One exercise, a policy; grade.test.ts has a strategy. All, with all solutions and wrong ones: exercises.long.test.ts. */

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXERCISES, failures, filesOf, grade, namedFault } from './support.ts';

const SOME = EXERCISES.filter(({ number }) => number === '10');

describe.each(SOME)('$id', (exercise) => {
  test('starter, one solution and one wrong one get what they deserve', async () => {
    const starter = await grade(exercise, join(exercise.folder, 'exercise.ts'));
    expect(starter.status).toBe('fail');
    const [solution = ''] = filesOf(exercise, 'solutions');
    expect(failures(await grade(exercise, solution))).toEqual([]);
    const [wrong = ''] = filesOf(exercise, 'wrong');
    const { check, says } = namedFault(wrong);
    const { tests } = await grade(exercise, wrong);
    expect(tests.find(({ name }) => name === check)?.message).toMatch(says);
  });
});
