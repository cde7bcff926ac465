/** Examples in the documents are run: all of one document as one program. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

/** Documents whose TypeScript is complete, and the package from where its imports are found. */
const RUN: readonly [document: string, folder: string][] = [
  ['docs/02-strategies.md', 'packages/lb'],
  ['packages/core/README.md', 'packages/core'],
];

test.each(RUN)('the examples of %s run', (document, folder) => {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1]);
  expect(blocks.length).toBeGreaterThan(0);
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module-typescript', '-'], {
    cwd: join(ROOT, folder),
    input: blocks.join('\n'),
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});
