/** A strategy by the name that commands take: one of the registry's, or `file:PATH`, a module of the user's own. */

import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { OptionError, type StrategyEntry, strategyNamed, strategyOfModule } from '@evenkeel/core';

const FILE = 'file:';
const require = createRequire(import.meta.url);

/** The path in `file:PATH`; undefined for any other name. */
export function strategyFileOf(name: string): string | undefined {
  return name.startsWith(FILE) ? resolve(name.slice(FILE.length)) : undefined;
}

/**
 * The strategy of that name. A module is loaded at once, so that it can be used wherever a name can.
 * @throws {OptionError} in one line
 */
export function strategyByName(name: string): StrategyEntry {
  const path = strategyFileOf(name);
  if (path === undefined) return strategyNamed(name);
  let module: unknown;
  try {
    module = require(path);
  } catch (cause) {
    const { message = String(cause) } = cause as { message?: string };
    const why = message.split('\n').find((line) => line.trim() !== '');
    throw new OptionError(`${name}: cannot be loaded: ${why}`, { cause });
  }
  return strategyOfModule(name, module);
}
