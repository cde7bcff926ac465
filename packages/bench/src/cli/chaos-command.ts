/** `pnpm chaos` on the command line. */

import { commandLine } from '@evenkeel/sim';
import { Command, Option } from 'commander';
import { type ChaosOptions, chaos, randomChaos } from '../commands/chaos.ts';
import { chaosExitCode } from '../commands/exit-code.ts';
import { displayFor } from '../output/display.ts';
import { requirePlaces, writeResults } from '../output/write.ts';
import type { CommandContext } from './context.ts';
import { leftOutLines, requireLive } from './live.ts';
import * as parse from './options.ts';

const EXAMPLES = `
Examples:
  pnpm chaos                                            kills backends mid-run, under a minute
  pnpm chaos --scenario one-dies --subjects evenkeel,nginx,haproxy
  pnpm chaos --random --seed 7 --minutes 5              faults drawn from a seed
Exit code: 0 pass, 1 fail, 3 unknown (void run).`;

interface ChaosFlags {
  scenario?: string[];
  strategies: string;
  subjects: string;
  backends?: string;
  seed: string;
  random?: boolean;
  minutes: string;
  out?: string;
  json?: string;
}

/** Kills one, restarts all in turn, kills all. */
const CHAOS_DEFAULT = ['one-dies', 'rolling-restart', 'all-die'];

/** The command with all its flags. */
export function chaosCommand(context: CommandContext): Command {
  return new Command('chaos')
    .description('Breaks the fleet under load and ends in a verdict.')
    .option('--scenario <name|file...>', 'scenarios of the library, or files')
    .option('--strategies <list>', 'each is put under chaos alone', 'round-robin')
    .option('--subjects <list>', parse.SUBJECT_FORMS, 'evenkeel')
    .option('--backends <list>', 'real backends in place of the fleet: no faults, no accounting')
    .option('--seed <n>', 'decides everything random', '42')
    .addOption(
      new Option('--random', 'faults drawn from the seed').conflicts(['scenario', 'backends']),
    )
    .option('--minutes <n>', 'how long random chaos goes on', '1')
    .option('--out <dir>', 'writes report.html and results.json into this folder')
    .option('--json <file>', 'writes results.json there too; - is standard output')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: ChaosFlags, command: Command) => {
      const display = displayFor(flags.json);
      if (!flags.random && command.getOptionValueSource('minutes') === 'cli') {
        throw new parse.UsageError('--minutes: expected --random beside it');
      }
      const options = chaosOptions(flags, context);
      const minutes = parse.parseNumber('--minutes', flags.minutes, 0, 10_000);
      const { subjects, scenarios } = options;
      if (!flags.random) for (const line of leftOutLines(subjects, scenarios)) display.line(line);
      requirePlaces(flags);
      const results = await (flags.random
        ? randomChaos(options, minutes, display)
        : chaos(options, display));
      const page = await writeResults(results, flags);
      const { status, text } = results.verdict;
      display.line(`\n${status}: ${text}\nreport: ${page}`);
      context.setExit(chaosExitCode(results));
    });
}

function chaosOptions(flags: ChaosFlags, { args, signal }: CommandContext): ChaosOptions {
  const seed = parse.parseWhole('--seed', flags.seed, 0, 2 ** 32 - 1);
  const subjects = parse.parseSubjectList(flags.subjects);
  const scenarios = parse.parseScenarios(flags.scenario ?? CHAOS_DEFAULT);
  if (flags.random) parse.requireFaultable(subjects, 'random faults');
  else {
    parse.requireFaultless(subjects, scenarios);
    requireLive(subjects, scenarios);
  }
  return {
    scenarios,
    subjects,
    strategies: parse.parseStrategies(flags.strategies),
    seed,
    realBackends: flags.backends === undefined ? undefined : parse.parseBackends(flags.backends),
    command: commandLine('chaos', args, seed),
    replayArgs: ['--subjects', flags.subjects, '--strategies', flags.strategies],
    signal,
  };
}
