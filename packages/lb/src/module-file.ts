/** A module of the user's own, TypeScript or JavaScript, named by a flag. */

import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { ConfigError } from './config/error.ts';

const require = createRequire(import.meta.url);

/** What the module exports. @throws {ConfigError} in one line that names the flag */
export function loadModuleFile(flag: string, file: string): unknown {
  try {
    return require(resolve(file));
  } catch (error) {
    const { message = String(error) } = error as { message?: string };
    const why = message.split('\n').find((line) => line.trim() !== '');
    throw new ConfigError(`${flag}: ${file} cannot be loaded: ${why}`);
  }
}
