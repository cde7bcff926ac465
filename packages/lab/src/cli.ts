/** The command line of `pnpm lab`: what to show, and whether to serve it or to write it. */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { strategyNamed } from '@evenkeel/core';
import { loadScenario, scenarioText, strategyFileOf } from '@evenkeel/sim';
import { ScenarioError } from '@evenkeel/sim/engine';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { parseDocument } from 'yaml';
import { pageHtml, pageParts, writePage } from './build.ts';
import { openBrowser } from './open-browser.ts';
import { withFile } from './own-file.ts';
import { type LabServer, serveLab } from './server.ts';
import {
  checkLabFile,
  LAB_SCHEMA,
  type LabFile,
  LabFileError,
  type RawScenario,
  WORLDS_MAX,
} from './state/lab-file.ts';

const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

const EXAMPLES = `
Examples:
  pnpm lab                                            # the guided tour
  pnpm lab --scenario one-slow --strategies random,power-of-two
  pnpm lab --scenario one-slow --strategies power-of-two,file:mine.ts
  pnpm lab --replay failure.json                      # opens at the moment of failure
  pnpm lab --build public                             # one file that works from file:// and from any host
`;

interface Flags {
  readonly port: number;
  readonly scenario?: string;
  readonly strategies?: readonly string[];
  readonly seed?: number;
  readonly at?: number;
  readonly replay?: string;
  readonly build?: string;
  readonly open: boolean;
}

function wholeNumber(max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value <= max) return value;
    throw new InvalidArgumentError(`must be a whole number from 0 to ${max}.`);
  };
}

function time(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value < Infinity) return value;
  throw new InvalidArgumentError('must be a time in milliseconds ≥ 0.');
}

function names(text: string): string[] {
  const list = text.split(',');
  if (list.length > WORLDS_MAX) {
    throw new InvalidArgumentError(`must name at most ${WORLDS_MAX}.`);
  }
  try {
    return list.map((name) =>
      strategyFileOf(name) === undefined ? strategyNamed(name).name : name,
    );
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function command(): Command {
  return new Command('lab')
    .exitOverride()
    .description('Load balancing to watch, break and share: the simulator as a page.')
    .option('--port <n>', 'port of the page; 0: any that is free', wholeNumber(65_535), 0)
    .option('--scenario <name|file>', 'a scenario of the library, or a file')
    .option(
      '--strategies <names>',
      `up to ${WORLDS_MAX}, with commas; file:PATH is your own`,
      names,
    )
    .option('--seed <n>', "in place of the scenario's", wholeNumber(0xffff_ffff))
    .option('--at <ms>', 'the moment to open at, from the start of the load', time)
    .option('--replay <file>', 'what a failure has written, or a lab has saved')
    .option('--build <dir>', 'writes the page instead of serving it')
    .option('--no-open', 'does not open a browser')
    .addHelpText('after', EXAMPLES);
}

/** Worlds that are files have their code; whatever is no file of a lab stays as it is. */
async function withFiles(input: unknown): Promise<unknown> {
  const { strategies } = (input ?? {}) as { readonly strategies?: unknown };
  if (!Array.isArray(strategies)) return input;
  return { ...(input as object), strategies: await Promise.all(strategies.map(withFile)) };
}

/** The file that a replay names. */
async function replayed(path: string): Promise<LabFile> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new LabFileError(`--replay ${path}: cannot be read (${why})`, { cause });
  }
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (cause) {
    throw new LabFileError(`--replay ${path}: is not JSON`, { cause });
  }
  return checkLabFile(await withFiles(input), path);
}

/** What the flags ask for; undefined: the tour. */
async function fileOf(flags: Flags): Promise<LabFile | undefined> {
  const { scenario, strategies, seed, at } = flags;
  const isReplay = flags.replay !== undefined;
  const needless = Object.entries({
    scenario: isReplay ? scenario : undefined,
    strategies,
    seed,
    at,
  });
  const [name] = needless.find(([, value]) => value !== undefined) ?? [];
  if (isReplay && name !== undefined) {
    throw new LabFileError(`--${name} cannot be used with --replay: the file has its own`);
  }
  if (flags.replay !== undefined) return replayed(flags.replay);
  if (scenario === undefined && name !== undefined) {
    throw new LabFileError(`--${name} needs --scenario`);
  }
  if (scenario === undefined) return undefined;
  // Checked as `pnpm sim` does, with its messages; what the page gets is the text as written.
  loadScenario(scenario);
  const raw = parseDocument(scenarioText(scenario)).toJS({
    maxAliasCount: 100,
  }) as RawScenario;
  const file = {
    schema: LAB_SCHEMA,
    scenario: seed === undefined ? raw : { ...raw, seed },
    strategies: strategies ?? ['round-robin', 'power-of-two'],
    atMs: at ?? 0,
  };
  return checkLabFile(await withFiles(file), scenario);
}

/** Runs what `argv` (without node and script) asks for; returns the exit code. */
export async function runCli(argv: readonly string[]): Promise<number> {
  try {
    const program = command();
    program.parse([...argv], { from: 'user' });
    const flags = program.opts<Flags>();
    const file = await fileOf(flags);
    if (flags.build === undefined) await serve(flags, file);
    else await writeTo(flags.build, file);
    return EXIT.ok;
  } catch (error) {
    return report(error);
  }
}

async function writeTo(folder: string, file: LabFile | undefined): Promise<void> {
  try {
    process.stdout.write(`wrote ${await writePage(folder, file)}\n`);
  } catch (cause) {
    throw refused(`--build ${folder}: cannot be written`, cause);
  }
}

async function serve({ port, open }: Flags, file: LabFile | undefined): Promise<void> {
  const html = pageHtml(await pageParts(), file);
  let server: LabServer;
  try {
    server = await serveLab(html, port);
  } catch (cause) {
    throw refused(`--port ${port}: cannot be listened on`, cause);
  }
  process.stdout.write(`lab on ${server.url.replace(/\/$/, '')}\n`);
  if (open) openBrowser(server.url);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await server.close();
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses it',
  EACCES: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EEXIST: 'it is a file',
  ENOTDIR: 'part of it is a file',
  EISDIR: 'index.html in it is a folder',
};

/** One line about what the system refused; whatever is no refusal stays what it is. */
function refused(what: string, cause: unknown): unknown {
  if (!(cause instanceof Error && 'syscall' in cause && 'code' in cause)) return cause;
  const code = String(cause.code);
  return new Error(`${what}: ${REASONS[code] ?? code}`, { cause });
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (!(error instanceof Error)) throw error;
  process.stderr.write(`error: ${error.message}\n`);
  const isUsage = error instanceof LabFileError || error instanceof ScenarioError;
  return isUsage ? EXIT.usage : EXIT.failed;
}
