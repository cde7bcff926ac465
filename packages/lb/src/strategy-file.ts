/** `--strategy-file`: a strategy of the user's own, from a module, TypeScript or JavaScript. */

import { createRequire } from 'node:module';
import { basename, resolve } from 'node:path';
import { OptionError, type StrategyEntry, strategyOfModule } from '@evenkeel/core';
import { ConfigError } from './config/error.ts';

const require = createRequire(import.meta.url);

/** In the characters that names of strategies have. */
function nameOf(file: string): string {
  return `file:${basename(file).replace(/[^\w.:[\]-]/g, '_')}`;
}

/** @throws {ConfigError} in one line, if the file cannot be loaded or exports no strategy */
export function loadStrategyFile(file: string): StrategyEntry {
  try {
    return strategyOfModule(nameOf(file), require(resolve(file)));
  } catch (error) {
    const { message = String(error) } = error as { message?: string };
    if (error instanceof OptionError) throw new ConfigError(`--strategy-file: ${message}`);
    const why = message.split('\n').find((line) => line.trim() !== '');
    throw new ConfigError(`--strategy-file: ${file} cannot be loaded: ${why}`);
  }
}
