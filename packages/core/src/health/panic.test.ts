import { expect, test } from 'vitest';
import { panicBelow } from './panic.ts';

test.each([
  [4, 10, 50, true],
  [5, 10, 50, false],
  [0, 10, 50, true],
  [0, 10, 0, false],
  [0, 0, 50, false],
])('%i of %i ready at a threshold of %i %%: panic is %s', (ready, total, threshold, expected) => {
  expect(panicBelow(threshold).inPanic(ready, total)).toBe(expected);
});
