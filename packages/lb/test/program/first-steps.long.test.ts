/**
 * Every command of docs/01 is run, in the order of the page, in a shell, with the files that the page shows. Only the
 * ports are others, so that nothing has to be free.
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort, until } from './support.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');
const PAGE = readFileSync(join(ROOT, 'docs/01-running.md'), 'utf8');
const PORTS = ['3030', '9900', '9001', '9002', '9003', '9004'];

interface Block {
  readonly language: string;
  readonly text: string;
}

const blocks: readonly Block[] = [...PAGE.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].map(
  ([, language = '', text = '']) => ({ language, text }),
);

/** What goes on until it is ended, and what it says once it is there. */
const LASTING: readonly (readonly [command: RegExp, sign: RegExp])[] = [
  [/^pnpm fleet /, /http:\/\/127\.0\.0\.1:\d+/],
  [/^(?:LB_TOKEN=\S+ )?pnpm lb --/, /evenkeel listening on/],
  [/^evenkeel admin events/, /\S/],
  [/^curl -N /, /event: /],
];

/** What the page promises of an answer. */
const PROMISED: Readonly<Record<string, RegExp>> = {
  'curl -i http://127.0.0.1:3030/':
    /^HTTP\/1\.1 (?:200 OK[\s\S]*X-Backend: |308 [\s\S]*Location: https:\/\/127\.0\.0\.1\/)/i,
  "curl -i -H 'X-Forwarded-Proto: https' http://127.0.0.1:3030/":
    /^HTTP\/1\.1 200 OK[\s\S]*nosniff/,
  'curl -i http://127.0.0.1:3030/api/items': /^HTTP\/1\.1 200 OK[\s\S]*RateLimit: /,
  "curl -i -H 'Host: old.example.org' http://127.0.0.1:3030/about?lang=en":
    /Location: https:\/\/www\.example\.org\/about\?lang=en\r\n/,
  'evenkeel admin backends --token a-long-token': /web-1[\s\S]*api-1/,
  'curl -s http://127.0.0.1:9900/readyz': /ready/,
  'grep -o \'"reason":"[^"]*"\' access.log | sort | uniq -c | sort -rn': /"reason":""/,
};

let folder: string;
let ports: ReadonlyMap<string, string>;
const running: { readonly command: string; readonly child: ChildProcess }[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-first-steps-'));
  // The fleet takes ports in a row.
  const first = await freeRow(4);
  const own = [String(await freePort()), String(await freePort())];
  ports = new Map(PORTS.map((port, i) => [port, own[i] ?? String(first + i - 2)]));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const node = (path: string): string => `exec '${process.execPath}' '${join(ROOT, path)}' "$@"`;
  const commands = `case "$1" in lb) shift; ${node('packages/lb/src/main.ts')};; fleet) shift; ${node('packages/backends/src/main.ts')};; esac; exit 99`;
  for (const [name, script] of [
    ['pnpm', commands],
    ['evenkeel', node('packages/lb/src/main.ts')],
  ] as const) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
});

afterAll(() => {
  for (const { child } of running) end(child);
  rmSync(folder, { recursive: true, force: true });
});

test('every command of the page does what the page says', { timeout: 300_000 }, async () => {
  const commands = blocks.flatMap(({ language, text }) => {
    const name = /^# (\S+\.yaml)\n/.exec(text)?.[1];
    if (name !== undefined) writeFileSync(join(folder, name), here(text));
    return language === '' ? text.split('\n').filter((line) => line !== '') : [];
  });
  expect(commands.length).toBeGreaterThan(25);
  for (const command of commands) await run(command.replace(/\s{2,}#.*/, ''));
});

async function run(command: string): Promise<void> {
  const lasting = LASTING.find(([pattern]) => pattern.test(command));
  if (lasting !== undefined) {
    await start(command, lasting[1]);
    return;
  }
  const { status, stdout, stderr } = spawnSync('sh', ['-c', here(command)], {
    cwd: folder,
    env: environment(),
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(status, `${command}\n${stdout}${stderr}`).toBe(0);
  const promised = PROMISED[command];
  if (promised !== undefined) expect(stdout, command).toMatch(promised);
  // The log's lines leave at the latest after a second.
  if (command.startsWith('curl -i -H') && command.includes('about')) await aSecond();
  expect(stdout, command).not.toMatch(/"error":/);
}

/** One balancer at a time: the one before makes room. */
async function start(command: string, sign: RegExp): Promise<void> {
  if (sign.source.includes('listening')) {
    for (const { command: earlier, child } of running) {
      if (earlier.includes('pnpm lb')) await ended(child);
    }
  }
  const child = spawn('sh', ['-c', here(command)], {
    cwd: folder,
    env: environment(),
    detached: true,
  });
  running.push({ command, child });
  let said = '';
  child.stdout.on('data', (bytes) => {
    said += bytes;
  });
  child.stderr.on('data', (bytes) => {
    said += bytes;
  });
  await until(() => sign.test(said) || child.exitCode !== null, `${command} says that it is there`);
  expect(child.exitCode, `${command}\n${said}`).toBe(null);
  if (command.startsWith('pnpm fleet'))
    await until(() => answers(ports.get('9003') ?? ''), 'fleet');
  if (command.startsWith('evenkeel admin') || command.startsWith('curl')) await ended(child);
}

async function answers(port: string): Promise<boolean> {
  return await fetch(`http://127.0.0.1:${port}/`).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function ended(child: ChildProcess): Promise<void> {
  end(child);
  await until(() => child.exitCode !== null || child.signalCode !== null, 'a command has ended');
}

/** Ends the whole group: the shell and what it started. */
function end({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGTERM');
}

/** With the ports of this run. */
function here(text: string): string {
  return text.replace(/\b(?:3030|9900|900[1-4])\b/g, (port) => ports.get(port) ?? port);
}

function environment(): NodeJS.ProcessEnv {
  const admin = `http://127.0.0.1:${ports.get('9900')}`;
  const PATH = `${join(folder, 'bin')}:${process.env.PATH}`;
  return { ...process.env, PATH, ADMIN: admin.replace('http://', '') };
}

function aSecond(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1_500));
}

/** The first of so many free ports in a row. */
async function freeRow(count: number): Promise<number> {
  for (;;) {
    const first = await freePort();
    const all = await Promise.all(Array.from({ length: count }, (_, i) => isFree(first + i)));
    if (all.every(Boolean)) return first;
  }
}

async function isFree(port: number): Promise<boolean> {
  return !(await fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  ));
}
