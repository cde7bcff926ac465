/**
 * The tests that a mutation has to get past: core's laws, with a fixed seed so that a mutant which
 * survives does so again, and without the tests that start processes of their own.
 */

import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ['{src,test}/**/*.test.ts'],
    exclude: ['**/allocation*.test.ts'],
    testTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 1,
  },
});
