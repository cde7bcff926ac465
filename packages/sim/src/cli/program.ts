/** The command line of `pnpm sim` and `pnpm demo`. */

import { Command, CommanderError } from 'commander';
import { addDemoCommand } from './demo.ts';
import { addReferenceCommand } from './reference-command.ts';
import { addRunCommand } from './run-command.ts';
import { addMergeCommand } from './sweep-output.ts';
import { addTruthCommand } from './truth-command.ts';
import { addWorkerCommand } from './worker-command.ts';

const COMMANDS = [
  addDemoCommand,
  addTruthCommand,
  addMergeCommand,
  addWorkerCommand,
  addReferenceCommand,
];

const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Errors of the user's making, by name: they end in 2, all others in 1. */
const USAGE_ERRORS: ReadonlySet<string> = new Set([
  'UsageError',
  'ScenarioError',
  'OptionError',
  'MergeError',
]);

/** Runs what `argv` (without node and script) asks for; returns the exit code. */
export async function runCli(argv: readonly string[]): Promise<number> {
  const program = new Command('sim').exitOverride().allowExcessArguments();
  // Options before a command are this one's, options after it are its own.
  program.enablePositionalOptions();
  addRunCommand(program);
  for (const add of COMMANDS) add(program);
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    return report(error);
  }
}

function report(error: unknown): number {
  // Commander has already said what was wrong, or printed the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (!(error instanceof Error)) throw error;
  process.stderr.write(`error: ${error.message}\n`);
  if (error.name === 'InterruptedError') return EXIT.interrupted;
  return USAGE_ERRORS.has(error.name) ? EXIT.usage : EXIT.failed;
}
