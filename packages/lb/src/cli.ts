/**
 * The command line. It turns flags, file and environment into one configuration and says in one
 * line what is wrong with them; everything else is the library's.
 */

import type { ConfigFile } from '@evenkeel/config';
import { Command, CommanderError } from 'commander';
import { ConfigError } from './config/error.ts';
import { configFromEnvironment, configFromFlags, type Flags } from './config/flags.ts';
import { loadConfigFile, overlaid } from './config/load.ts';
import { resolveConfig } from './config/resolve.ts';
import { EXIT_OK, EXIT_USAGE, type Streams, serve } from './serve.ts';
import { strategyTable } from './services.ts';

/** What a program is given by whoever starts it. */
export interface Invocation extends Streams {
  /** Without the program's own name. */
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

const EXAMPLES = `
Examples:
  evenkeel --port 3030 --backends http://127.0.0.1:9001,http://127.0.0.1:9002
  evenkeel --backend 'http://127.0.0.1:9001 weight=3' --backend 'http://127.0.0.1:9002 backup'
  evenkeel --config evenkeel.yaml --admin 9900 --access-log`;

const CHECK_EXAMPLE = `
Example:
  evenkeel check --config evenkeel.yaml`;

const STRATEGIES_EXAMPLE = `
Example:
  evenkeel strategies`;

interface ServeFlags extends Flags {
  readonly config?: string;
}

/** Runs the program. @returns its exit code, once it has ended */
export async function runCli(invocation: Invocation): Promise<number> {
  let exitCode = EXIT_OK;
  const program = createProgram(invocation, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(invocation.args, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has said what it had to say by itself.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
    if (!(error instanceof ConfigError)) throw error;
    invocation.stderr.write(`${error.message}\n`);
    return EXIT_USAGE;
  }
}

function createProgram(invocation: Invocation, exit: (code: number) => void): Command {
  const { stdout, stderr } = invocation;
  const program = new Command('evenkeel')
    .description('An HTTP load balancer')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: (text, write) => write(inOneLine(text)),
    });
  const serving = addServeOptions(program.command('serve', { isDefault: true }))
    .description('forward requests to backends (the default command)')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: ServeFlags) => {
      exit(await serve(() => configOf(flags, invocation), invocation));
    });
  program
    .command('check')
    .description('check a configuration file; exit code 0 if it can be used, else 2')
    .requiredOption('--config <file>', 'YAML or JSON')
    .addHelpText('after', CHECK_EXAMPLE)
    .action((flags: { config: string }) => {
      const { services } = resolveConfig(configOf(flags, invocation), strategyTable());
      const count = services.reduce((sum, { backends }) => sum + backends.length, 0);
      stdout.write(`${flags.config} is valid, ${count} ${count === 1 ? 'backend' : 'backends'}\n`);
    });
  program
    .command('strategies')
    .description('list the strategies, one line each')
    .addHelpText('after', STRATEGIES_EXAMPLE)
    .action(() => {
      stdout.write(listOfStrategies());
    });
  program.addHelpText('after', () => `\n${serving.helpInformation()}${EXAMPLES}`);
  return program;
}

function addServeOptions(command: Command): Command {
  const repeated = (value: string, before: readonly string[] = []): string[] => [...before, value];
  return command
    .option('--port <n>', 'port to listen on; 0 picks one (default: 3030, or PORT)')
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--backends <list>', 'backend URLs, separated by , or ; (default: BACKENDS)')
    .option('--backend <url [key=value …]>', 'one more; weight=3 backup id=a …', repeated)
    .option('--strategy <name>', 'see "evenkeel strategies" (default: round-robin)')
    .option('--mode <mode>', 'http (layer 7)')
    .option('--config <file>', 'YAML or JSON; flags win over file, file over environment')
    .option('--health <type>', 'active checks: tcp, http or off (default: tcp)')
    .option('--health-path <path>', 'what http checks ask for; implies --health http')
    .option('--admin <[host:]port>', 'admin API, status page and metrics (default: off)')
    .option('--access-log [file]', 'one line per request (default: off; no file: standard output)')
    .option('--drain-timeout <ms>', 'time for requests in flight at the end (default: 30000)')
    .option('--shutdown-delay <ms>', '/readyz says 503 for so long before the end (default: 0)')
    .option('--log-level <level>', 'fatal, error, warn, info, debug, trace, silent (default: info)')
    .option('--log-format <format>', 'pretty or json (default: pretty on a terminal)');
}

/** Flags over file over environment. @throws {ConfigError} */
function configOf(
  { config, ...flags }: ServeFlags,
  { environment, stderr }: Invocation,
): ConfigFile {
  return overlaid(
    stderr.isTTY ? { log: { format: 'pretty' } } : {},
    configFromEnvironment(environment),
    config === undefined ? {} : loadConfigFile(config),
    configFromFlags(flags),
  );
}

function listOfStrategies(): string {
  const entries = [...strategyTable().values()];
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
