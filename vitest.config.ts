/** One configuration for the tests of all packages. */

import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', 'tools/**/*.test.ts'],
    // Repetitions, mutants, all subjects and seeds: `pnpm test:long`.
    exclude: ['**/node_modules/**', '**/*.long.test.ts'],
    // Correctness tests count, they do not time: the limit only ends a hang.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 60_000,
    expect: { poll: { timeout: 60_000 } },
    // The names of failed tests as a file, for `.ci/run`.
    reporters: ['default', './tools/failures.ts'],
    pool: 'forks',
    maxWorkers: 2,
  },
});

export default config;
