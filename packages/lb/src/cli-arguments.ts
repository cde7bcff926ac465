/** What people type instead of our flags and commands: single dashes, and commands that do not exist. */

import { shown } from '@evenkeel/config';
import { suggest } from '@evenkeel/core';
import { ConfigError } from './config/error.ts';

/** Arguments with two dashes where there were one, and a hint for each. */
export interface Dashed {
  readonly args: readonly string[];
  readonly hints: readonly string[];
}

/**
 * Reads `-backends` as `--backends`, as Go's programs would.
 * @param known long flags with their dashes
 */
export function doubleDashed(args: readonly string[], known: ReadonlySet<string>): Dashed {
  const hints: string[] = [];
  const mended = args.map((arg) => {
    const [, flag = '', rest = ''] = /^-([a-z][a-z-]+)(=.*)?$/s.exec(arg) ?? [];
    if (!known.has(`--${flag}`)) return arg;
    hints.push(`-${flag} is read as --${flag}`);
    return `--${flag}${rest}`;
  });
  return { args: mended, hints };
}

/**
 * @param program to which the commands belong
 * @throws {ConfigError} if the first argument is a command that does not exist
 */
export function checkCommand(
  [first = '-']: readonly string[],
  commands: readonly string[],
  program = 'evenkeel',
): void {
  if (first.startsWith('-') || commands.includes(first)) return;
  const meant = suggest(first, commands);
  const hint =
    meant === undefined
      ? `the commands are ${commands.join(', ')}`
      : `did you mean ${shown(meant)}?`;
  throw new ConfigError(`${program}: there is no command ${shown(first)}: ${hint}`);
}
