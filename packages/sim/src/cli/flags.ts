/** Flags and what they turn into. A wrong value ends in one line that says what was expected. */

import { availableParallelism } from 'node:os';
import { InvalidArgumentError } from 'commander';
import { strategyByName } from '../run/strategy-by-name.ts';
import type { Shard } from '../run/sweep.ts';

/** Something that the user asked for cannot be done; one line, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A whole number in [min, max]. */
export function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < min || value > max) {
      throw new InvalidArgumentError(`must be an integer from ${min} to ${max}.`);
    }
    return value;
  };
}

/** A number in (0, max]. */
export function positive(max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!(value > 0 && value <= max)) {
      throw new InvalidArgumentError(`must be a number above 0 and up to ${max}.`);
    }
    return value;
  };
}

/** Names of strategies, separated by commas. The registry's own error names the known ones. */
export function strategyNames(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  for (const [i, name] of names.entries()) {
    strategyByName(name);
    if (names.indexOf(name) !== i) throw new InvalidArgumentError(`names ${name} twice.`);
  }
  return names;
}

const SWEEP_POINTS_MAX = 1000;

/** `load=0.5..0.95:10` → ten loads, evenly spaced. */
export function sweepLoads(text: string): number[] {
  const match = /^load=([\d.]+)\.\.([\d.]+?):(\d+)$/.exec(text);
  const [from, to, count] = (match?.slice(1) ?? []).map(Number);
  const isRange = from !== undefined && to !== undefined && from > 0 && to > from && to <= 10;
  if (!isRange || count === undefined || count < 2 || count > SWEEP_POINTS_MAX) {
    throw new InvalidArgumentError('must look like load=0.5..0.95:10 (from..to:points).');
  }
  // Rounded, so that 0.1 steps read as such.
  return Array.from({ length: count }, (_, i) =>
    Number((from + ((to - from) * i) / (count - 1)).toFixed(9)),
  );
}

/** `2/8`: the second of eight. */
export function shard(text: string): Shard {
  const [, index, count] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index === undefined || count === undefined || index < 1 || index > count) {
    throw new InvalidArgumentError('must be i/n with i from 1 to n.');
  }
  return { index, count };
}

/** Threads to use where none are asked for. */
export function defaultJobs(): number {
  return availableParallelism();
}
