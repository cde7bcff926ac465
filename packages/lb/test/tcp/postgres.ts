/** A PostgreSQL of its own for a test: a cluster in a temporary folder, and its benchmark. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, until } from '../program/support.ts';

/** Where Debian puts the programs, by version. */
const ROOT = '/usr/lib/postgresql';
const NEEDED = ['initdb', 'postgres', 'pgbench', 'pg_isready'];

function findPrograms(): string | undefined {
  if (!existsSync(ROOT)) return undefined;
  const folders = readdirSync(ROOT).map((version) => join(ROOT, version, 'bin'));
  return folders.find((folder) => NEEDED.every((name) => existsSync(join(folder, name))));
}

const PROGRAMS = findPrograms();
/** PostgreSQL refuses to run as root. */
const isRoot = process.getuid?.() === 0;

/** Why there is none; undefined: it can be started. */
export const missingPostgres: string | undefined =
  PROGRAMS === undefined ? `no PostgreSQL in ${ROOT}` : undefined;

function asUser(program: string, args: readonly string[]): [string, string[]] {
  const path = join(PROGRAMS ?? '', program);
  return isRoot ? ['runuser', ['-u', 'postgres', '--', path, ...args]] : [path, [...args]];
}

function runOnce(program: string, args: readonly string[]): void {
  const [command, all] = asUser(program, args);
  execFileSync(command, all, { stdio: 'pipe', cwd: '/' });
}

export interface Postgres {
  /** One server, by both of its addresses. */
  readonly urls: readonly [tcp: string, unix: string];
  stop(): Promise<void>;
}

export async function startPostgres(): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), 'evenkeel-postgres-'));
  if (isRoot) execFileSync('chown', ['postgres', folder]);
  const data = join(folder, 'data');
  runOnce('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync']);
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', 'fsync=off', 'max_connections=200'];
  const [command, args] = asUser('postgres', [
    ...['-D', data, '-k', folder, '-p', String(port)],
    ...settings.flatMap((setting) => ['-c', setting]),
  ]);
  const server: ChildProcess = spawn(command, args, { stdio: 'ignore', cwd: '/' });
  await until(() => isReady(folder, port), 'PostgreSQL is ready');
  return {
    urls: [`127.0.0.1:${port}`, `unix:${join(folder, `.s.PGSQL.${port}`)}`],
    async stop() {
      const exited = once(server, 'exit');
      runOnce('pg_ctl', ['-D', data, '-m', 'immediate', 'stop']);
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function isReady(folder: string, port: number): boolean {
  try {
    runOnce('pg_isready', ['-h', folder, '-p', String(port), '-q']);
    return true;
  } catch {
    return false;
  }
}

/** Runs pgbench to its end. @returns its exit code and what it printed */
export async function pgbench(
  port: number,
  more: readonly string[],
): Promise<{ readonly code: number; readonly output: string }> {
  const where = ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres'];
  const [command, args] = asUser('pgbench', [...where, ...more, 'postgres']);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: '/' });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text;
    });
  }
  const [code] = await once(child, 'close');
  return { code, output };
}
