/** The strategy of a service: found by name or alias, its options checked, its key or cookie settled. */

import { type GroupFile, noneOf, type Problem, type StrategyFile, wrong } from '@evenkeel/config';
import { OptionError, type StrategyEntry, strategyName } from '@evenkeel/core';
import type { AffinityConfig, StrategyConfig } from './types.ts';

/** The strategies that a configuration may name. */
export type StrategyTable = ReadonlyMap<string, StrategyEntry>;

const AFFINITY_COOKIE = 'evenkeel';
/** The strategy whose sessions a cookie binds. */
const STICKY = 'sticky';

/** @returns the strategy, or what is wrong with it, with a path below the strategy's own */
export function findStrategy(
  written: NonNullable<GroupFile['strategy']>,
  strategies: StrategyTable,
): StrategyConfig | Problem {
  const file: StrategyFile = typeof written === 'string' ? { name: written } : written;
  const { options } = file;
  const entry = strategies.get(file.name) ?? strategies.get(strategyName(file.name));
  if (entry === undefined) {
    return wrong([], noneOf([...strategies.keys()], file.name), file.name);
  }
  const binding = entry.name === STICKY ? affinityOf(file) : keyOf(file, entry);
  if ('message' in binding) return binding;
  try {
    return {
      name: entry.name,
      create: entry.create(options),
      ...(options === undefined ? {} : { options }),
      ...binding,
    };
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    return { path: [], message: `: ${error.message}` };
  }
}

function keyOf(
  { key, secret, cookie }: StrategyFile,
  entry: StrategyEntry,
): Pick<StrategyConfig, 'key'> | Problem {
  if (key !== undefined && entry.key === undefined) {
    return wrong(['key'], `must be left out: ${entry.name} has none`, key);
  }
  if (secret !== undefined) {
    const message = `must be left out: only sticky has one, ${entry.name} has not`;
    return { path: ['secret'], message };
  }
  if (cookie !== undefined) {
    const expected = `must be left out: only sticky has one, ${entry.name} has not`;
    return wrong(['cookie'], expected, cookie);
  }
  const source = key ?? entry.key;
  return source === undefined ? {} : { key: source };
}

function affinityOf({
  key = { cookie: AFFINITY_COOKIE },
  secret,
  cookie = {},
}: StrategyFile): { affinity: AffinityConfig } | Problem {
  if (typeof key === 'string' || !('cookie' in key)) {
    return wrong(['key'], 'must be { cookie: NAME } for sticky', key);
  }
  return { affinity: { ...cookie, ...key, ...(secret === undefined ? {} : { secret }) } };
}

/** What of a strategy cannot be had in mode tcp, where a client is its address and nothing more. */
export function tcpKeyProblem({ key, affinity }: StrategyConfig): Problem | undefined {
  if (affinity !== undefined) {
    return {
      path: [],
      message: 'must not be sticky in tcp mode, which has no cookies: see ip-hash',
    };
  }
  if (key === undefined || key === 'ip') return undefined;
  return wrong(['key'], 'must be ip in tcp mode, which has no headers and no cookies', key);
}
