/**
 * The command line. It turns flags, file and environment into one configuration and says in one
 * line what is wrong with them; everything else is the library's.
 */

import { STRATEGY_ALIASES } from '@evenkeel/core';
import { Command, CommanderError } from 'commander';
import { addAdminCommand } from './admin-client/command.ts';
import { checkCommand, doubleDashed } from './cli-arguments.ts';
import { environmentLayer } from './config/environment.ts';
import { ConfigError } from './config/error.ts';
import { type Flags, flagsLayer } from './config/flags.ts';
import { type Layer, overlaid } from './config/layers.ts';
import { fileLayer } from './config/load.ts';
import { inConfig } from './config/parse.ts';
import { resolveWithWarnings } from './config/resolve.ts';
import { EXIT_OK, EXIT_USAGE } from './exit-codes.ts';
import { inheritedSockets } from './inherited-sockets.ts';
import type { Invocation } from './invocation.ts';
import { loadPolicyFiles } from './policy-file.ts';
import { type Reading, serve, warningsOf } from './serve.ts';
import { type OwnStrategies, strategyTable } from './strategies.ts';
import { loadStrategyFile } from './strategy-file.ts';
import { version } from './version.ts';

const EXAMPLES = `
Examples:
  evenkeel --port 3030 --backends http://127.0.0.1:9001,http://127.0.0.1:9002
  evenkeel --backend 'http://127.0.0.1:9001 weight=3' --backend 'http://127.0.0.1:9002 backup'
  evenkeel --config evenkeel.yaml --admin 9900 --access-log
  evenkeel --mode tcp --port 5432 --backends 10.0.0.1:5432,10.0.0.2:5432`;

const CHECK_EXAMPLE = `
Example:
  evenkeel check --config evenkeel.yaml`;

const STRATEGIES_EXAMPLE = `
Example:
  evenkeel strategies`;

interface ServeFlags extends Flags {
  readonly config?: string;
  readonly strategyFile?: string;
  readonly policy?: readonly string[];
}

/** Runs the program. @returns its exit code, once it has ended */
export async function runCli(invocation: Invocation): Promise<number> {
  let exitCode = EXIT_OK;
  const program = createProgram(invocation, (code) => {
    exitCode = code;
  });
  const { commands } = program;
  const known = new Set(commands.flatMap(({ options }) => options.map(({ long }) => long ?? '')));
  try {
    const { args, hints } = doubleDashed(invocation.args, known);
    checkCommand(args, [...commands.map((command) => command.name()), 'help']);
    for (const hint of hints) invocation.stderr.write(`evenkeel: ${hint}\n`);
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has said what it had to say by itself.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
    if (!(error instanceof ConfigError)) throw error;
    invocation.stderr.write(`${error.summary}\n`);
    return EXIT_USAGE;
  }
}

function createProgram(invocation: Invocation, exit: (code: number) => void): Command {
  const { stdout, stderr } = invocation;
  const program = new Command('evenkeel')
    .description('An HTTP and TCP load balancer')
    .version(version(), '--version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: (text, write) => write(inOneLine(text)),
    });
  const serving = addServeOptions(program.command('serve', { isDefault: true }))
    .option('--config <file>', 'YAML or JSON; flags win over file, file over environment')
    .description('forward requests to backends (the default command)')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: ServeFlags) => {
      const own = ownStrategy(flags.strategyFile);
      const policies = loadPolicyFiles(flags.policy ?? []);
      const descriptors = inheritedSockets(invocation.environment, process.pid);
      const given = { strategies: own, policies, descriptors };
      exit(await serve(() => readingOf(flags, invocation, own), invocation, given));
    });
  addServeOptions(program.command('check'))
    .description('check what would be started: exit code 0 if it can be used, else 2')
    .requiredOption('--config <file>', 'YAML or JSON')
    .addHelpText('after', CHECK_EXAMPLE)
    .action(async (flags: ServeFlags & { config: string }) => {
      exit(await check(flags, invocation));
    });
  program
    .command('strategies')
    .description('list the strategies, one line each')
    .addHelpText('after', STRATEGIES_EXAMPLE)
    .action(() => {
      stdout.write(listOfStrategies());
    });
  addAdminCommand(program, invocation, exit);
  program.addHelpText('after', () => `\n${serving.helpInformation()}${EXAMPLES}`);
  return program;
}

/** Says all that a start would say. @returns the exit code */
async function check(
  flags: ServeFlags & { config: string },
  invocation: Invocation,
): Promise<number> {
  const { stdout, stderr } = invocation;
  try {
    loadPolicyFiles(flags.policy ?? []);
    const reading = readingOf(flags, invocation, ownStrategy(flags.strategyFile));
    for (const warning of await warningsOf(reading)) stderr.write(`warning: ${warning}\n`);
    const { services } = reading.config;
    const count = services.reduce((sum, { backends }) => sum + backends.length, 0);
    const sources = services.reduce((sum, { discovery }) => sum + discovery.length, 0);
    const found = sources === 0 ? '' : `, ${counted(sources, 'source')} of more`;
    stdout.write(`${flags.config} is valid, ${counted(count, 'backend')}${found}\n`);
    return EXIT_OK;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) stderr.write(`${problem}\n`);
    return EXIT_USAGE;
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function addServeOptions(command: Command): Command {
  const repeated = (value: string, before: readonly string[] = []): string[] => [...before, value];
  return command
    .option('--port <n>', 'port to listen on; 0 picks one (default: 3030, or PORT)')
    .option('--host <address>', 'address to listen on (default: 127.0.0.1, or HOST)')
    .option('--backends <list>', 'backend URLs, separated by , or ; (default: BACKENDS)')
    .option('--backend <url [key=value …]>', 'one more; weight=3 backup id=a …', repeated)
    .option('--discover <url>', 'find backends: dns://name:port, dns+srv://…, file:///…', repeated)
    .option('--strategy <name>', 'see "evenkeel strategies" (default: round-robin)')
    .option('--strategy-file <file>', 'a module whose default export is a strategy factory')
    .option(
      '--policy <kind=file>',
      'own policy: health, detector, budget, slow-start, panic',
      repeated,
    )
    .option('--mode <mode>', 'http (layer 7) or tcp (layer 4) (default: http)')
    .option('--proxy-protocol', 'trusted proxies begin with a PROXY header (default: off)')
    .option('--health <type>', 'active checks: tcp, http or off (default: tcp)')
    .option('--health-path <path>', 'what http checks ask for; implies --health http')
    .option('--admin <[host:]port>', 'admin API, status page and metrics (default: off, or ADMIN)')
    .option('--access-log [file]', 'one line per request (default: off; no file: standard output)')
    .option('--drain-timeout <time>', 'for requests in flight at the end (default: 30s)')
    .option('--shutdown-delay <time>', '/readyz says 503 for so long before the end (default: 0)')
    .option('--log-level <level>', 'fatal, error, warn, info, debug, trace, silent (default: info)')
    .option('--log-format <format>', 'pretty or json (default: pretty on a terminal)');
}

/** The one of `--strategy-file`, under the name of that file. @throws {ConfigError} */
function ownStrategy(file: string | undefined): OwnStrategies {
  if (file === undefined) return {};
  const entry = loadStrategyFile(file);
  return { [entry.name]: entry };
}

/** Flags over file over environment. @throws {ConfigError} */
function readingOf(
  { config: path, strategyFile, policy: _, ...flags }: ServeFlags,
  { environment, stderr }: Invocation,
  own: OwnStrategies,
): Reading {
  const [ownName] = Object.keys(own);
  if (ownName !== undefined && flags.strategy !== undefined) {
    throw new ConfigError('--strategy and --strategy-file: expected one of the two, got both');
  }
  const onTerminal: Layer = { config: { log: { format: 'pretty' } }, label: inConfig };
  const {
    config: file,
    label,
    wrong,
  } = overlaid(
    ...(stderr.isTTY ? [onTerminal] : []),
    environmentLayer(environment),
    ...(path === undefined ? [] : [fileLayer(path, environment)]),
    flagsLayer(ownName === undefined ? flags : { ...flags, strategy: ownName }),
  );
  return { file, ...resolveWithWarnings(file, strategyTable(own), label, wrong) };
}

function listOfStrategies(): string {
  const aliases = Object.entries(STRATEGY_ALIASES);
  const entries = [...strategyTable().values()].map(({ name, about }) => {
    const alias = aliases.find(([, meant]) => meant === name)?.[0];
    return { name, about: alias === undefined ? about : `${about} (short: ${alias})` };
  });
  const width = Math.max(...entries.map(({ name }) => name.length));
  return entries.map(({ name, about }) => `${name.padEnd(width)}  ${about}\n`).join('');
}

/** `error: unknown option '--prot'\n(Did you mean --port?)` in a line of our own. */
function inOneLine(text: string): string {
  return `${text
    .replace(/^error:/, 'evenkeel:')
    .trim()
    .replace(/\s*\n\s*/g, ' ')}\n`;
}
