/** `evenkeel admin`: shows and changes a running load balancer by its admin API. */

import { openSync, writeSync } from 'node:fs';
import { type BackendPatch, backendPatch, shown } from '@evenkeel/config';
import type { Command } from 'commander';
import type { BackendStatus } from '../backends.ts';
import { checkCommand } from '../cli-arguments.ts';
import { ConfigError } from '../config/error.ts';
import { checked } from '../config/parse.ts';
import { numeric } from '../config/text-values.ts';
import type { LoggedEvent } from '../event-log.ts';
import { EXIT_OK } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';
import { AdminApi, AdminFailure } from './api.ts';
import { DEFAULT_URL, type TargetFlags, targetOf } from './target.ts';
import { backendLine, backendTable, eventLine } from './texts.ts';

const EXAMPLES = `
Examples:
  evenkeel admin backends
  evenkeel admin --url http://10.0.0.5:9900 drain web-3
  evenkeel admin --config evenkeel.yaml weight web-3 0.5
  evenkeel admin backends --json - | jq '.[] | select(.state != "ready")'

Exit code: 0 done, 1 no answer or not allowed, 2 nothing that could be done.`;

interface AdminFlags extends TargetFlags {
  /** A file or `-`; `true`: no file was named. */
  readonly json?: string | true;
}

/** What an operation is given. */
interface Desk {
  readonly api: AdminApi;
  readonly isColoured: boolean;
  /** Shows a result: as text, or as a line of JSON where that is asked for. */
  show(value: unknown, text: string): void;
  /** Aborted when what is shown is not read any more. */
  readonly unread: AbortSignal;
}

/** Adds the command and those below it. @param exit is told the exit code */
export function addAdminCommand(
  program: Command,
  invocation: Invocation,
  exit: (code: number) => void,
): void {
  const admin = program
    .command('admin')
    .description('show and change a running load balancer by its admin API')
    .usage('[options] <command>')
    .argument('[command]')
    .option('--url <url>', `of the admin API, or [HOST:]PORT (default: ADMIN, or ${DEFAULT_URL})`)
    .option('--token <token>', 'its token (default: ADMIN_TOKEN, or a file by ADMIN_TOKEN_FILE)')
    .option('--config <file>', 'a configuration from which both are read')
    .option('--json [file]', 'JSON in place of text; after the command; no file: standard output')
    .addHelpText('after', EXAMPLES);
  admin.action((name?: string) => {
    const names = admin.commands.map((command) => command.name());
    checkCommand(name === undefined ? [] : [name], names, 'evenkeel admin');
    throw new ConfigError(`evenkeel admin needs a command: one of ${names.join(', ')}`);
  });
  for (const [usage, about, run] of OPERATIONS) {
    const command = admin.command(usage).description(about);
    command.addHelpText('after', `\nExample:\n  evenkeel admin ${exampleOf(usage)}`);
    command.action(async (...given: unknown[]) => {
      const args = given.filter((value) => typeof value === 'string');
      exit(await performed(command.optsWithGlobals<AdminFlags>(), invocation, args, run));
    });
  }
}

type Operation = (desk: Desk, ...args: string[]) => Promise<void>;

const OPERATIONS: readonly (readonly [usage: string, about: string, run: Operation])[] = [
  [
    'backends',
    'list the backends',
    async ({ api, show, isColoured }) => {
      const backends = await api.ask<BackendStatus[]>('GET', '/backends');
      show(backends, backendTable(backends, Date.now(), isColoured));
    },
  ],
  [
    'drain <id>',
    'no new requests for a backend; those that run may end',
    (desk, id) => change(desk, id, { state: 'drain' }),
  ],
  [
    'ready <id>',
    'requests for a backend again',
    (desk, id) => change(desk, id, { state: 'ready' }),
  ],
  [
    'weight <id> <n>',
    "a backend's share of traffic; 0: no new requests; default: what its source says",
    (desk, id, weight) =>
      change(desk, id, weight === 'default' ? { weight: null } : weighted(weight)),
  ],
  [
    'reload',
    'read the configuration again',
    async ({ api, show }) => {
      const backends = await api.ask<BackendStatus[]>('POST', '/reload');
      show(backends, `configuration read again, ${backends.length} backends\n`);
    },
  ],
  [
    'events',
    'what has happened, and what happens from now on; until it is interrupted',
    async ({ api, show, unread }) => {
      for await (const event of api.events<LoggedEvent>(unread)) show(event, eventLine(event));
    },
  ],
];

/** @throws {ConfigError} if it is no weight */
function weighted(weight = ''): BackendPatch {
  try {
    return checked(backendPatch, { weight: numeric(weight) });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(error.message.replace(/^weight must be/, 'weight must be default,'));
  }
}

async function change({ api, show }: Desk, id = '', patch: BackendPatch): Promise<void> {
  const path = `/backends/${encodeURIComponent(id)}`;
  const backend = await api.ask<BackendStatus>('PATCH', path, patch);
  show(backend, backendLine(backend));
}

/** @returns the exit code */
async function performed(
  flags: AdminFlags,
  { environment, stdout, stderr }: Invocation,
  args: readonly string[],
  run: Operation,
): Promise<number> {
  const api = new AdminApi(targetOf(flags, environment));
  const unread = new AbortController();
  const write = flags.json === undefined ? undefined : jsonWriter(flags.json);
  const print = (text: string): void => {
    stdout.write(text, (error) => {
      if (error) unread.abort();
    });
  };
  const desk: Desk = {
    api,
    isColoured: stdout.isTTY === true && (environment.NO_COLOR ?? '') === '',
    unread: unread.signal,
    show(value, text) {
      if (flags.json === undefined) print(text);
      else (write ?? print)(`${JSON.stringify(value)}\n`);
    },
  };
  try {
    await run(desk, ...args);
    return EXIT_OK;
  } catch (error) {
    if (!(error instanceof AdminFailure)) throw error;
    stderr.write(`evenkeel: ${error.message}\n`);
    return error.exitCode;
  }
}

/** @returns undefined for standard output */
function jsonWriter(file: string | true): ((text: string) => void) | undefined {
  if (file === true || file === '-') return undefined;
  try {
    const descriptor = openSync(file, 'w');
    return (text) => void writeSync(descriptor, text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError(`--json must be a file that can be written, got ${shown(file)}: ${code}`);
  }
}

/** `weight <id> <n>` → `weight web-3 0.5`. */
function exampleOf(usage: string): string {
  return usage.replace('<id>', 'web-3').replace('<n>', '0.5');
}
