/** The command line of `pnpm bench` and `pnpm chaos`. */

import { Command, CommanderError } from 'commander';
import { EXIT } from '../commands/exit-code.ts';
import { benchCommand } from './bench-command.ts';
import { chaosCommand } from './chaos-command.ts';
import type { CommandContext } from './context.ts';

/**
 * Runs the command that `argv` (without node and script) asks for; returns the exit code. `signal`
 * ends it early, with what was measured until then.
 */
export async function runCli(argv: readonly string[], signal?: AbortSignal): Promise<number> {
  let exitCode: number = EXIT.ok;
  const context: CommandContext = {
    args: argv.slice(1),
    signal,
    setExit: (code) => {
      exitCode = code;
    },
  };
  const program = new Command('evenkeel-bench')
    .addCommand(benchCommand(context))
    .addCommand(chaosCommand(context))
    .exitOverride();
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return signal?.aborted ? EXIT.interrupted : exitCode;
  } catch (error) {
    return reportError(error);
  }
}

/** Errors of the user's making, by name: they end in 2, all others in 1. */
const USAGE_ERRORS: ReadonlySet<string> = new Set([
  'UsageError',
  'ScenarioError',
  'OptionError',
  'ResultsError',
]);

function reportError(error: unknown): number {
  // Commander has already said what was wrong, or printed the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (!(error instanceof Error)) throw error;
  process.stderr.write(`${error.message}\n`);
  if (error.name === 'InterruptedError') return EXIT.interrupted;
  return USAGE_ERRORS.has(error.name) ? EXIT.usage : EXIT.failed;
}
