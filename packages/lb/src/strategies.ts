/** The strategies that a configuration may name: core's and the user's own. */

import {
  strategies as registry,
  type StrategyEntry,
  type StrategyFactory,
  strategyOfModule,
} from '@evenkeel/core';
import type { StrategyTable } from './config/strategy.ts';

/** The user's own strategies, by name; an entry can say that picks depend on a key. */
export type OwnStrategies = Readonly<Record<string, StrategyFactory | StrategyEntry>>;

/** Core's strategies and the user's own under their names. */
export function strategyTable(own: OwnStrategies = {}): StrategyTable {
  const table = new Map(registry.map((entry) => [entry.name, entry]));
  for (const [name, strategy] of Object.entries(own)) {
    const isFactory = typeof strategy === 'function';
    table.set(name, isFactory ? strategyOfModule(name, { default: strategy }) : strategy);
  }
  return table;
}
