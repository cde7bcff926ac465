/** As schedules.test.ts, with many random schedules. */

import { test } from 'vitest';
import { expectSameStates } from './schedules.ts';

const SEEDS = Array.from({ length: 30 }, (_, i) => 100 + i);

test.each(SEEDS)('random schedule %i: the same states live and simulated', async (seed) => {
  await expectSameStates(seed, 30);
});
