/** The program that holds a submission, core included, as one file: a child may read nothing else. */

import { join } from 'node:path';
import { build } from 'esbuild';

let bundle: Promise<string> | undefined;

async function make(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'child', 'main.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'esnext',
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

/** Made once per process. */
export function childBundle(): Promise<string> {
  bundle ??= make();
  return bundle;
}
