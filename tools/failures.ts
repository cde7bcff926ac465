/**
 * A reporter that writes which tests failed into the file that FAILED_TESTS names; `run-again.ts` reads
 * it. Vitest's JSON report does not know the files whose worker died or that left an error unhandled.
 */

import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** What failed in a run. */
export interface Failures {
  /** Paths of the test files in which something failed. */
  readonly files: readonly string[];
  /** `file > suite > test`, or only the file when no single test is to blame. */
  readonly tests: readonly string[];
}

export default class FailureReport implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly object[]): void {
    const path = process.env.FAILED_TESTS;
    if (path === undefined) return;
    const culprits = new Set(
      errors.map((error) => 'VITEST_TEST_PATH' in error && error.VITEST_TEST_PATH),
    );
    const failed = modules.filter(
      (module) => !['passed', 'skipped'].includes(module.state()) || culprits.has(module.moduleId),
    );
    const found: Failures = {
      files: failed.map(({ moduleId }) => moduleId),
      tests: failed.flatMap((module) => {
        const tests = [...module.children.allTests('failed')];
        const name = module.relativeModuleId;
        return tests.length === 0 ? name : tests.map(({ fullName }) => `${name} > ${fullName}`);
      }),
    };
    writeFileSync(path, JSON.stringify(found));
  }
}
