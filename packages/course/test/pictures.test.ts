/** A picture is what the simulator makes today, to the byte: one of them. All: pictures.long.test.ts. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { allPictures } from '../src/pictures/all.ts';

test('the picture of an exercise is made by the simulator', () => {
  const [{ file, draw } = { file: '', draw: () => '' }] = allPictures();
  expect(draw()).toBe(readFileSync(file, 'utf8'));
});
