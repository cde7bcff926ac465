/** What all commands of the coursework do alike: flags, errors, exit codes. */

import { type Command, CommanderError, InvalidArgumentError } from 'commander';

export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** The user asked for something that cannot be done; one line, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Errors of the user's making, by name: they end in 2. */
const USAGE_ERRORS: ReadonlySet<string> = new Set(['UsageError', 'ExerciseError']);

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

/** Runs a program. @returns its exit code; whatever is wrong has been said in one line */
export async function runProgram(program: Command, argv: readonly string[]): Promise<number> {
  program.exitOverride();
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (!(error instanceof Error)) throw error;
    process.stderr.write(`error: ${error.message.split('\n')[0]}\n`);
    return USAGE_ERRORS.has(error.name) ? EXIT.usage : EXIT.failed;
  }
}
