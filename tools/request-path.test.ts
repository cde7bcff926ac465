/** The picture of a request's path names files; they have to exist, and readers have to see it. */

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const PICTURE = 'docs/images/request-path.svg';

test('every file that the picture of a request names exists', () => {
  const picture = readFileSync(join(ROOT, PICTURE), 'utf8');
  const named = [...picture.matchAll(/>(\w+\/src[^<]*)</g)].map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((path) => !existsSync(join(ROOT, 'packages', path)))).toEqual([]);
});

test('ARCHITECTURE.md shows it', () => {
  expect(readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8')).toContain(`](${PICTURE})`);
});
