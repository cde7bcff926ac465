/** A strategy in a file of the user's own (`file:PATH`), as code that the page can take: bundled, never run here. */

import { basename } from 'node:path';
import { strategyFileOf } from '@evenkeel/sim';
import { build } from 'esbuild';
import { CODE_MAX, LabFileError, type LabWorld } from './state/lab-file.ts';

/** The global of the bundle that holds the module's exports. */
const MODULE = 'ownModule';

async function codeOf(name: string, path: string): Promise<string> {
  try {
    const { outputFiles } = await build({
      entryPoints: [path],
      bundle: true,
      write: false,
      format: 'iife',
      globalName: MODULE,
      platform: 'neutral',
      target: 'es2022',
      charset: 'utf8',
      legalComments: 'none',
      logLevel: 'silent',
    });
    return `${outputFiles[0]?.text ?? ''}return ${MODULE}.default;\n`;
  } catch (cause) {
    const [first] = (cause as { errors?: { text: string }[] }).errors ?? [];
    throw new LabFileError(`${name}: cannot be bundled: ${first?.text ?? String(cause)}`, {
      cause,
    });
  }
}

/**
 * The same world, with its code if it is a file.
 * @throws {LabFileError} in one line
 */
export async function withFile(world: unknown): Promise<unknown> {
  const path = typeof world === 'string' ? strategyFileOf(world) : undefined;
  if (path === undefined) return world;
  const name = String(world);
  const code = await codeOf(name, path);
  if (code.length > CODE_MAX) {
    const what = `with what it imports must have at most ${CODE_MAX} characters`;
    throw new LabFileError(`${name}: ${what}, got ${code.length}`);
  }
  return { name: basename(path), code } satisfies LabWorld;
}
