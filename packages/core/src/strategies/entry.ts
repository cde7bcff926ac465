/** What the registry knows of a strategy: how it is named, described, configured and made. */

import type { KeySource, StrategyFactory } from '../strategy.ts';

/** Options as they stand in a configuration file. */
export type RawOptions = Readonly<Record<string, unknown>>;

/** One line of `evenkeel strategies`. */
export interface StrategyEntry {
  /** As written in configuration files, e.g. `power-of-two`. */
  readonly name: string;
  /** One line: what it does and when to take it. */
  readonly about: string;
  /** Present if picks depend on a routing key; the default source of that key. */
  readonly key?: KeySource;
  /**
   * Checks `options` and returns the factory.
   * @throws {OptionError} naming the option, its value and what was expected
   */
  create(options?: RawOptions): StrategyFactory;
}

/** An option with an unusable value; the message is one line, fit for a user. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}
