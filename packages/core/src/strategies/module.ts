/** A strategy that comes as a module: how a file of one's own is named and used like the built-in ones. */

import type { KeySource, StrategyFactory } from '../strategy.ts';
import { OptionError, type StrategyEntry } from './entry.ts';
import { show } from './options.ts';

/** What a module with a strategy exports. */
export interface StrategyModule {
  readonly default: StrategyFactory;
  /** Where the routing key comes from; absent if picks do not depend on one. */
  readonly key?: KeySource;
}

function isKeySource(value: unknown): value is KeySource {
  if (value === 'ip') return true;
  if (typeof value !== 'object' || value === null) return false;
  const { header, cookie } = value as { header?: unknown; cookie?: unknown };
  return typeof header === 'string' || typeof cookie === 'string';
}

/**
 * The strategy of a module.
 * @param name how it is called in messages and results, e.g. `file:mine.ts`
 * @throws {OptionError} in one line, if the module does not export one
 */
export function strategyOfModule(name: string, module: unknown): StrategyEntry {
  const { default: factory, key } = (module ?? {}) as Record<string, unknown>;
  if (typeof factory !== 'function') {
    const got = factory === undefined ? 'it has none' : `it is ${show(factory)}`;
    throw new OptionError(`${name}: the default export must be a strategy factory; ${got}`);
  }
  if (key !== undefined && !isKeySource(key)) {
    const expected = "'ip', { header: NAME } or { cookie: NAME }";
    throw new OptionError(`${name}: the export "key" must be ${expected}, got ${show(key)}`);
  }
  return {
    name,
    about: 'own strategy',
    ...(key !== undefined && { key }),
    create: () => factory as StrategyFactory,
  };
}
