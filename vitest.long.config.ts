/** The long tests of all packages: repetitions, mutants, all subjects and seeds. */

import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['packages/*/{src,test}/**/*.long.test.ts', 'tools/**/*.long.test.ts'],
    // The limit only ends a hang.
    testTimeout: 1_800_000,
    hookTimeout: 120_000,
    teardownTimeout: 60_000,
    expect: { poll: { timeout: 60_000 } },
    pool: 'forks',
    maxWorkers: 2,
    passWithNoTests: true,
  },
});

export default config;
