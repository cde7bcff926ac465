/** Of the mutants of the solutions at least 95 % are caught, and survivors.yaml says why of the others. */

import { expect, test } from 'vitest';
import { EXERCISES_FOLDER } from '../src/exercise/exercises.ts';
import { mutationScores } from '../src/mutation/run.ts';
import { MUTATED, wrongWith } from '../src/mutation/verdict.ts';
import { exercise } from './support.ts';

test.each(MUTATED)('the checks of %s catch the mutants of its solutions', async (number) => {
  const scores = await mutationScores(exercise(number), EXERCISES_FOLDER, () => {});
  expect(wrongWith(scores)).toEqual([]);
});
