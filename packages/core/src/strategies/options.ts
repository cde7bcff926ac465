/** Strategies' options: declared once with range and default, checked into typed values. */

import type { StrategyFactory } from '../strategy.ts';
import { OptionError, type RawOptions, type StrategyEntry } from './entry.ts';
import { didYouMean } from './suggest.ts';

/** One option: what it may be, and its value when it is not given. */
export interface OptionSpec<T> {
  readonly initial: T;
  /** As in "must be …". */
  readonly expected: string;
  accepts(value: unknown): value is T;
}

/** The values that a set of specs stands for. */
export type OptionValues<S> = {
  readonly [K in keyof S]: S[K] extends OptionSpec<infer T> ? T : never;
};

/** A whole number from `least` to `most`. */
export function integer(initial: number, least: number, most: number): OptionSpec<number> {
  return {
    initial,
    expected: `an integer from ${least} to ${most}`,
    accepts: (value): value is number => Number.isInteger(value) && within(value, least, most),
  };
}

/** A number from `least` to `most`. */
export function number(initial: number, least: number, most: number): OptionSpec<number> {
  return {
    initial,
    expected: `a number from ${least} to ${most}`,
    accepts: (value): value is number => within(value, least, most),
  };
}

function within(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && value >= least && value <= most;
}

/**
 * Checks the options of a strategy and fills in what is not given.
 * @throws {OptionError} one line naming strategy, option, what was expected and what was given
 */
export function parseOptions<S extends Readonly<Record<string, OptionSpec<unknown>>>>(
  strategy: string,
  raw: RawOptions,
  specs: S,
): OptionValues<S> {
  const known = Object.keys(specs);
  for (const name of Object.keys(raw)) {
    if (Object.hasOwn(specs, name)) continue;
    const rest = known.length === 0 ? 'it has none' : `known: ${known.join(', ')}`;
    const hint = didYouMean(name, known);
    throw new OptionError(`strategy ${strategy}: unknown option ${show(name)}${hint} (${rest})`);
  }
  const values: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const value = raw[name];
    if (value !== undefined && !spec.accepts(value)) {
      throw optionError(strategy, name, spec.expected, value);
    }
    values[name] = value ?? spec.initial;
  }
  return values as OptionValues<S>;
}

/** The error for a value that an option cannot have. */
export function optionError(
  strategy: string,
  name: string,
  expected: string,
  value: unknown,
): OptionError {
  const message = `strategy ${strategy}: option ${name} must be ${expected}, got ${show(value)}`;
  return new OptionError(message);
}

const LONGEST_SHOWN = 60;

/** A value as it fits into one line. */
export function show(value: unknown): string {
  // NaN and Infinity, which JSON would call null, are what the reader needs to see.
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  if (text === undefined) return typeof value;
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

/** The entry of a strategy that has no options. */
export function plainEntry(name: string, about: string, factory: StrategyFactory): StrategyEntry {
  return {
    name,
    about,
    create: (options = {}) => {
      parseOptions(name, options, {});
      return factory;
    },
  };
}
