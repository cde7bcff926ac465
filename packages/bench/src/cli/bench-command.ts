/** `pnpm bench` on the command line. */

import { benchMarkdown } from '@evenkeel/report';
import { Command, Option } from 'commander';
import { bench } from '../commands/bench.ts';
import { compareSaved } from '../commands/compare-saved.ts';
import { benchExitCode } from '../commands/exit-code.ts';
import { selfTest } from '../commands/self-test.ts';
import { displayFor } from '../output/display.ts';
import { requirePlaces, writeResults, writeText } from '../output/write.ts';
import { type BenchFlags, benchOptions } from './bench-options.ts';
import type { CommandContext } from './context.ts';
import * as parse from './options.ts';

const EXAMPLES = `
Examples:
  pnpm bench                                            about two minutes, all defaults
  pnpm bench --quick                                    a first look
  pnpm bench compare round-robin nginx/least-connections
  pnpm bench compare before/results.json after/results.json --markdown comment.md
  pnpm bench --subjects evenkeel,nginx,haproxy --strategies round-robin,least-connections
  pnpm bench --scenario one-slow --subjects 'cmd:mine:node lb.js --port {port} --backends {backends}'`;

/** Flags that say which arms take part. */
const ARM_FLAGS = ['strategies', 'subjects'];
/** Flags that act on a comparison of saved results. */
const FILE_FLAGS: ReadonlySet<string> = new Set(['margin', 'out', 'json', 'markdown']);

/** The command with all its flags. */
export function benchCommand(context: CommandContext): Command {
  return new Command('bench')
    .description('Compares strategies, or load balancers, on a live fleet.')
    .argument(
      '[compare]',
      '`compare A B`: two strategies, subjects, subject/strategy, or saved results',
    )
    .argument('[A]')
    .argument('[B]')
    .option('--scenario <name|file...>', 'scenarios of the library, or files')
    .option('--strategies <list>', 'the first one is the reference')
    .option('--subjects <list>', parse.SUBJECT_FORMS, 'evenkeel')
    .option('--backends <list>', 'real backends in place of the fleet')
    .option('--rounds <n>', 'rounds per compared scenario')
    .option('--generators <n>', 'processes that send one load together', '1')
    .option('--seed <n>', 'decides everything random', '42')
    .option('--quick', 'well under a minute')
    .addOption(new Option('--thorough', '12 rounds of 10 s').conflicts('quick'))
    .option('--margin <ratio>', 'a difference within it is a tie', '0.05')
    .option('--sweep', 'response over load, from 0.3 to 0.9 of the capacity')
    .addOption(
      new Option('--compare-sim', 'hold the simulator against live runs').conflicts([
        'sweep',
        'baseline',
        'backends',
      ]),
    )
    .option('--baseline <results.json>', 'exit 1 where this run is worse than that one')
    .option('--self-test', 'whether the bench tells what is known of four servers, in 15 s')
    .option('--strict', 'exit 1 on any void run')
    .option('--out <dir>', 'writes report.html and results.json into this folder')
    .option('--json <file>', 'writes results.json there too; - is standard output')
    .option('--markdown <file>', 'writes a summary that fits a comment; - is standard output')
    .addHelpText('after', EXAMPLES)
    .action(
      async (
        word: string | undefined,
        a: string | undefined,
        b: string | undefined,
        flags: BenchFlags,
        command: Command,
      ) => {
        const pair = parse.parsePair(word, a, b);
        if (flags.selfTest) {
          if (pair !== null)
            throw new parse.UsageError('--self-test: expected no "compare" beside it');
          context.setExit(await testItself(command));
          return;
        }
        if (pair !== null && parse.isPairOfFiles(pair)) {
          context.setExit(await compareFiles(pair, flags, command));
        } else {
          // `compare A B` says which arms take part; flags that say so too would have no say.
          if (pair !== null) refuseBeside(command, '"compare A B", which says it', ARM_FLAGS);
          await runBench(pair, flags, context);
        }
      },
    );
}

async function testItself(command: Command): Promise<number> {
  const names = command.options.map((option) => option.attributeName());
  const others = names.filter((name) => name !== 'selfTest');
  refuseBeside(command, '--self-test', others);
  return await selfTest(displayFor());
}

async function compareFiles(
  pair: readonly [string, string],
  flags: BenchFlags,
  command: Command,
): Promise<number> {
  const names = command.options.map((option) => option.attributeName());
  const others = names.filter((name) => !FILE_FLAGS.has(name));
  refuseBeside(command, 'two saved files', others);
  const margin = parse.parseNumber('--margin', flags.margin, 0, 1);
  requirePlaces(flags);
  return await compareSaved(pair, margin, flags, displayFor(flags.json, flags.markdown));
}

async function runBench(
  pair: readonly [string, string] | null,
  flags: BenchFlags,
  context: CommandContext,
): Promise<void> {
  const display = displayFor(flags.json, flags.markdown);
  const options = benchOptions(flags, pair, context, display);
  requirePlaces(flags);
  const results = await bench(options, display);
  if (results.runs.length === 0 && results.interrupted) {
    display.line('interrupted before anything was measured');
    return;
  }
  const page = await writeResults(results, flags);
  await writeText(flags.markdown, () => benchMarkdown(results));
  display.line(`\n${results.verdict.text}\nreport: ${page}`);
  const { strict = false, quick = false } = flags;
  context.setExit(benchExitCode(results, { strict, quick }));
}

/** Throws where one of these flags is given, which has no say beside `what`. */
function refuseBeside(command: Command, what: string, names: readonly string[]): void {
  const given = command.options.find((option) => {
    const name = option.attributeName();
    return names.includes(name) && command.getOptionValueSource(name) === 'cli';
  });
  if (given === undefined) return;
  throw new parse.UsageError(`${given.long}: expected nothing beside ${what}`);
}
