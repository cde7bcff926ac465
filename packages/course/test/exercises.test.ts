/** A quick look at some exercises. All of them, all solutions and all wrong ones: exercises.long.test.ts. */

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXERCISES, failures, filesOf, grade, namedFault } from './support.ts';

const SOME = EXERCISES.filter(({ number }) => ['01', '10'].includes(number));

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
