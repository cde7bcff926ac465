/**
 * The tests that a mutation has to get past: core's laws, without the tests that start
 * processes or browsers of their own.
 */

import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  root: import.meta.dirname,
  test: {
    include: ['{src,test}/**/*.test.ts'],
    exclude: ['**/allocation*.test.ts', '**/browser.test.ts', '**/node_modules/**'],
    setupFiles: ['test/support/one-seed.ts'],
    testTimeout: 120_000,
    // A worker per mutant, not per mutant and file: starting them took longer than the tests.
    isolate: false,
    pool: 'forks',
    maxWorkers: 1,
  },
});

export default config;
