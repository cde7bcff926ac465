/** The API reference can be generated, without a broken link, and has what a program imports. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const TOOL = resolve(import.meta.dirname, 'api-reference');
const out = mkdtempSync(join(tmpdir(), 'evenkeel-api-'));
afterAll(() => rmSync(out, { recursive: true }));

test('pnpm docs:api', () => {
  const program = join(TOOL, 'node_modules/.bin/typedoc');
  const { status, stdout, stderr } = spawnSync(program, ['--out', out], {
    cwd: TOOL,
    encoding: 'utf8',
  });
  expect(status, stdout + stderr).toBe(0);
  const pages = readdirSync(join(out, 'functions')).map((name) => name.split('.').at(-2));
  expect(pages).toEqual(
    expect.arrayContaining(['createLoadBalancer', 'balancedFetch', 'balance', 'createCluster']),
  );
});
