/**
 * The command line of `pnpm fleet`: from flags to a running fleet, and what is said about it.
 */

import { readFileSync } from 'node:fs';
import { parseYaml } from '@evenkeel/config';
import {
  type Backend,
  checkScenario,
  expandFleet,
  type Scenario,
  ScenarioError,
} from '@evenkeel/sim';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { startFleet } from './fleet.ts';
import { BackendError } from './supervisor/errors.ts';
import type { Fleet } from './types.ts';

const EXIT = { ok: 0, failed: 1, usage: 2 } as const;
const PORT_MAX = 65_535;

/** What `--count` starts: enough of a service time that strategies differ. */
const PLAIN = { id: 'backend', service: { distribution: 'exponential', meanMs: 20 } };

const EXAMPLES = `
Examples:
  pnpm fleet                                  three backends on ports 9001 to 9003
  pnpm fleet --count 10 --port 0              ten, on ports that are free
  pnpm fleet --config scenarios/one-slow.yaml
  curl -X PUT localhost:9000/backends/backend-1/faults/latency \\
       -d '{"latencyMs": 300}'
  curl -X POST localhost:9000/backends/backend-2/kill`;

interface Flags {
  readonly count: number;
  readonly port: number;
  readonly controlPort: number;
  readonly host: string;
  readonly config?: string;
  readonly seed?: number;
  readonly logDir?: string;
}

/** Where the command says what it does: `out` for the user, `error` for one line about a failure. */
export interface Voice {
  out(line: string): void;
  error(line: string): void;
}

/** Starts the fleet that `argv` (without node and script) asks for; else the exit code, all said. */
export async function startFromArguments(
  argv: readonly string[],
  voice: Voice,
): Promise<Fleet | number> {
  const command = createCommand(voice);
  try {
    command.parse(argv, { from: 'user' });
    const flags = command.opts<Flags>();
    const fleet = await startFleet({ ...flags, ...readFleet(flags) });
    announce(fleet, voice);
    return fleet;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof ScenarioError) voice.error(`error: ${error.message}`);
    else if (error instanceof BackendError) voice.error(`error: ${error.message}`);
    else throw error;
    return error instanceof ScenarioError || error.code === 'unsupported'
      ? EXIT.usage
      : EXIT.failed;
  }
}

function createCommand(voice: Voice): Command {
  return new Command('fleet')
    .description('Starts fake backends, each its own process, and the API that makes them fail.')
    .option('--count <n>', 'how many backends', whole(1, 1000), 3)
    .addOption(
      new Option('--config <file>', 'takes the `fleet` part of a scenario').conflicts('count'),
    )
    .option(
      '--port <first>',
      'port of the first, the others follow; 0 picks',
      whole(0, PORT_MAX),
      9001,
    )
    .option('--control-port <n>', 'port of the control API; 0 picks', whole(0, PORT_MAX), 9000)
    .option('--host <addr>', 'where all of them listen', '127.0.0.1')
    .option(
      '--seed <n>',
      'decides service times and which requests faults hit',
      whole(0, 2 ** 32 - 1),
    )
    .option('--log-dir <dir>', 'keeps the accounts of all requests in this folder')
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => voice.out(text.trimEnd()),
      writeErr: (text) => voice.error(text.trimEnd()),
    });
}

function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be an integer from ${min} to ${max}.`);
  };
}

/** The backends and the seed, of the file if there is one. */
function readFleet({ config, count, port, seed }: Flags): { backends: Backend[]; seed: number } {
  const part = config === undefined ? { fleet: [{ ...PLAIN, count }], seed: 1 } : readPart(config);
  const scenario = checkFleet(part, config ?? 'fleet');
  const backends = expandFleet(scenario);
  if (port !== 0 && port + backends.length - 1 > PORT_MAX) {
    throw new ScenarioError(`--port must leave room for ${backends.length} ports, got ${port}`);
  }
  return { backends, seed: seed ?? scenario.seed };
}

function readPart(file: string): unknown {
  const unreadable = (why: string): ScenarioError =>
    new ScenarioError(`--config must be a readable YAML file, got ${file}: ${why}`);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw unreadable(cause instanceof Error ? cause.message : '');
  }
  const read = parseYaml(text);
  if ('locate' in read) return read.value;
  const [{ at, message }] = read;
  throw unreadable(`line ${at.split(':')[0]}: ${message}`);
}

/** A fleet alone is checked as the scenario that it could be part of. */
function checkFleet(part: unknown, source: string): Scenario {
  const { fleet, seed } = Object(part) as { fleet?: unknown; seed?: unknown };
  const rest = { name: 'fleet', title: 'fleet', load: { kind: 'closed', connections: 1 } };
  return checkScenario({ ...rest, fleet, ...(seed === undefined ? {} : { seed }) }, source);
}

function announce(fleet: Fleet, voice: Voice): void {
  const width = Math.max(...fleet.ids.map((id) => id.length));
  for (const [i, id] of fleet.ids.entries()) {
    voice.out(`${id.padEnd(width)}  ${fleet.urls[i] ?? ''}`);
  }
  voice.out(`control API on ${fleet.controlUrl ?? ''}`);
  voice.out(`fleet ready: ${fleet.urls.join(',')}`);
}
