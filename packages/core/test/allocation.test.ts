/** A pick allocates nothing: shown by the heap of a process that does nothing else. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { strategies } from '../src/index.ts';

const MOST_GROWTH_BYTES = 64 * 1_024;

/** Nothing is collected meanwhile: 16 bytes per pick would already show as 16 MB. */
const FLAGS = ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128'];

describe('10⁶ picks after a warm-up grow the heap by less than 64 KiB', () => {
  const probe = join(import.meta.dirname, 'allocation-probe.ts');
  const output = execFileSync(process.execPath, [...FLAGS, probe], { encoding: 'utf8' });
  const grownBytes = JSON.parse(output) as Record<string, number>;

  test.each(strategies.map(({ name }) => name))('%s', (name) => {
    expect(grownBytes[name]).toBeLessThan(MOST_GROWTH_BYTES);
  });
});
