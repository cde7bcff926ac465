/** The pictures are those that the simulator makes today, to the byte. Those that take a moment: pictures.test.ts. */

import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { expect, test } from 'vitest';
import { allPictures } from '../src/pictures/all.ts';

test.each(allPictures().map(({ file, draw }) => ({ of: basename(dirname(file)), file, draw })))(
  'the picture of $of',
  ({ file, draw }) => {
    expect(draw() === readFileSync(file, 'utf8')).toBe(true);
  },
);

test('every exercise has one', () => {
  expect(allPictures()).toHaveLength(12);
});
