/** 1 GiB each way passes whole, and does not pile up. */

import { afterEach, expect, test } from 'vitest';
import { killPrograms } from '../program/support.ts';
import { exchange } from './bulk.ts';

const MIB = 1024 * 1024;

afterEach(killPrograms);

test('1 GiB each way are the same bytes, in flat memory', async () => {
  expect(await exchange(1024 * MIB)).toBeLessThan(64 * MIB);
});
