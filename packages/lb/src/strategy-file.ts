/** `--strategy-file`: a strategy of the user's own, from a module. */

import { basename } from 'node:path';
import { OptionError, type StrategyEntry, strategyOfModule } from '@evenkeel/core';
import { ConfigError } from './config/error.ts';
import { loadModuleFile } from './module-file.ts';

const FLAG = '--strategy-file';

/** In the characters that names of strategies have. */
function nameOf(file: string): string {
  return `file:${basename(file).replace(/[^\w.:[\]-]/g, '_')}`;
}

/** @throws {ConfigError} in one line, if the file cannot be loaded or exports no strategy */
export function loadStrategyFile(file: string): StrategyEntry {
  const exported = loadModuleFile(FLAG, file);
  try {
    return strategyOfModule(nameOf(file), exported);
  } catch (error) {
    if (error instanceof OptionError) throw new ConfigError(`${FLAG}: ${error.message}`);
    throw error;
  }
}
