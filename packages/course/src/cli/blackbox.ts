/** `pnpm blackbox`: tests a load balancer in any language, level by level. */

import { existsSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { LEVELS, type ScoreCard, scoreCard } from '../blackbox/score-card.ts';
import { integer, UsageError } from './usage.ts';

const EXAMPLES = `
Examples:
  pnpm blackbox --command "go run lb.go --port {port} --backends {backends}"
  pnpm blackbox --command "python3 lb.py {port} {backends}" --levels 1-3
  pnpm blackbox --config-template packages/course/blackbox/nginx.conf --json card.json`;

interface Flags {
  readonly command?: string;
  readonly configTemplate?: string;
  readonly levels: string;
  readonly runs: number;
  readonly repeat: number;
  readonly json?: string;
}

/** `1-7`, `3`, `1,4-5`. */
function chosen(text: string): typeof LEVELS {
  const numbers = text.split(',').flatMap((part) => {
    const [, from = '', to = from] = /^([1-7])(?:-([1-7]))?$/.exec(part.trim()) ?? [];
    if (from === '')
      throw new UsageError(`--levels: expected levels from 1 to 7 such as 1-3, got ${text}`);
    return LEVELS.map(({ number }) => number).filter((n) => n >= Number(from) && n <= Number(to));
  });
  return LEVELS.filter(({ number }) => numbers.includes(number));
}

async function run(flags: Flags): Promise<void> {
  const { command, configTemplate } = flags;
  if ((command === undefined) === (configTemplate === undefined)) {
    throw new UsageError('expected one of --command and --config-template');
  }
  if (command !== undefined && !(command.includes('{port}') && command.includes('{backends}'))) {
    throw new UsageError('--command: expected {port} and {backends} in it');
  }
  if (configTemplate !== undefined && !existsSync(configTemplate)) {
    throw new UsageError(`--config-template: there is no file ${configTemplate}`);
  }
  const out = flags.json === '-' ? process.stderr : process.stdout;
  const said = (line: string): void => void out.write(`${line}\n`);
  const { runs, repeat } = flags;
  const card: ScoreCard = await scoreCard(
    { command, configTemplate },
    { levels: chosen(flags.levels), runs, repeat, said },
  );
  const unknown = card.levels.filter(({ verdict }) => verdict === 'unknown');
  said(`score ${card.score}/${card.maxScore}`);
  if (unknown.length > 0) {
    said(
      `unknown (no points, run again with --repeat): ${unknown.map(({ level }) => `L${level}`).join(', ')}`,
    );
  }
  const text = `${JSON.stringify(card, null, 2)}\n`;
  if (flags.json === '-') process.stdout.write(text);
  else if (flags.json !== undefined) writeFileSync(flags.json, text);
}

/** The command. */
export function blackboxProgram(): Command {
  return new Command('blackbox')
    .description(
      'a score card for a load balancer in any language; docs/black-box.md says what each level asks',
    )
    .option(
      '--command <command>',
      'starts it; with {port} and {backends} (URLs, separated by commas)',
    )
    .option('--config-template <file>', 'a configuration with placeholders, see docs/black-box.md')
    .option('--levels <list>', 'which levels', '1-7')
    .option('--runs <n>', 'runs of each level; all must pass', integer(1, 20), 3)
    .option('--repeat <n>', 'do a level with mixed runs again, so often', integer(0, 10), 0)
    .option('--json <file>', '- is standard output')
    .addHelpText('after', EXAMPLES)
    .action((flags: Flags) => run(flags));
}
