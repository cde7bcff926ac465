/** Much data passes whole, and does not pile up. */

import { afterEach, expect, test } from 'vitest';
import { killPrograms } from '../program/support.ts';
import { exchange } from './bulk.ts';

const MIB = 1024 * 1024;

afterEach(killPrograms);

test('64 MiB each way are the same bytes, in flat memory', async () => {
  expect(await exchange(64 * MIB)).toBeLessThan(48 * MIB);
});
