/** What each lesson claims holds over a hundred seeds, as often as it says. */

import { expect, test } from 'vitest';
import { lessons } from '../src/lessons/index.ts';
import { exceptions } from './support/claims.ts';

const SEEDS = 100;

test.each(lessons)('$id', (lesson) => {
  const wrong = exceptions(lesson, 0, SEEDS);
  expect(wrong.length, `seeds ${wrong.join(' ')}`).toBeLessThanOrEqual(
    SEEDS * (1 - lesson.holdsFor),
  );
});
