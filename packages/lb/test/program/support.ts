/** Backends, clients and the program itself, as the tests of the whole need them. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const PATIENCE_MS = 60_000;

/** Waits until it is so; the limit only ends a hang. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  what: string = String(isSo),
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await sleep(10);
  }
}

/** A backend that names itself and counts. */
export interface Backend {
  readonly port: number;
  readonly url: string;
  /** Requests seen, health checks not counted. */
  requests: number;
  checks: number;
  /** Connections open now. */
  readonly connections: number;
  /** What it does instead of answering 200 with its name. */
  behave: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  /** Status of its health checks. */
  health: number;
  stop(): Promise<void>;
}

export const HEALTH_PATH = '/health';

/** @param port 0 picks one */
export async function startBackend(name: string, port = 0, host = '127.0.0.1'): Promise<Backend> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    if (request.url === HEALTH_PATH) {
      backend.checks += 1;
      response.writeHead(backend.health).end('healthy');
      return;
    }
    backend.requests += 1;
    if (backend.behave !== undefined) backend.behave(request, response);
    else response.end(name);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(port, host);
  await once(server, 'listening');
  const bound = (server.address() as AddressInfo).port;
  const backend: Backend = {
    port: bound,
    url: `http://${host}:${bound}`,
    requests: 0,
    checks: 0,
    get connections() {
      return sockets.size;
    },
    behave: undefined,
    health: 200,
    async stop() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  return backend;
}

/** Whether no connection is accepted there (any more). */
export function isClosed(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.on('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', () => resolve(true));
  });
}

/**
 * A port on which nothing listens. It lies below the ranges from which systems take the ports of outgoing
 * connections: none of those can take it before the test does, nor be its own other end.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = 10_000 + Math.floor(Math.random() * 10_000);
    const backend = await startBackend('unused', port).catch(() => undefined);
    await backend?.stop();
    if (backend !== undefined) return port;
  }
  throw new Error('no free port was found');
}

/** The running program. */
export interface Program {
  readonly process: ChildProcess;
  /** Of the ready line. */
  readonly url: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: Promise<number | null>;
}

/** What a finished run of the program left. */
export interface Run {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Started {
  readonly process: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  readonly exitCode: Promise<number | null>;
}

const running = new Set<ChildProcess>();

function start(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Started {
  const ours = /^(?:PORT|HOST|BACKENDS|ADMIN|ADMIN_TOKEN)(?:_FILE)?$/;
  const inherited = Object.entries(process.env).filter(([name]) => !ours.test(name));
  const env = { ...Object.fromEntries(inherited), ...environment };
  const child = spawn(process.execPath, [MAIN, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const exitCode = once(child, 'close').then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  return { process: child, output, exitCode };
}

/** Runs the program to its end. */
export async function run(args: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Run> {
  const { output, exitCode } = start(args, environment);
  return { exitCode: await exitCode, ...output };
}

/** Starts the program and waits until it is ready. */
export async function startProgram(
  args: readonly string[],
  environment?: NodeJS.ProcessEnv,
  onSpawn: (child: ChildProcess) => unknown = () => {},
): Promise<Program> {
  const { process: child, output, exitCode } = start(args, environment);
  onSpawn(child);
  const ready = /^evenkeel listening on ((?:http|tcp):\/\/\S+)$/m;
  await until(() => ready.test(output.stdout) || child.exitCode !== null, 'it is ready');
  const url = ready.exec(output.stdout)?.[1];
  if (url === undefined) throw new Error(`it did not start: ${output.stderr}`);
  return {
    process: child,
    url,
    get stdout() {
      return output.stdout;
    },
    get stderr() {
      return output.stderr;
    },
    exitCode,
  };
}

/** For afterEach: nothing that a failed test started goes on. */
export async function killPrograms(): Promise<void> {
  const ends = [...running].map((child) => once(child, 'close'));
  for (const child of running) child.kill('SIGKILL');
  await Promise.all(ends);
}

/** A folder for one test file. */
export class Folder {
  readonly path: string = mkdtempSync(join(tmpdir(), 'evenkeel-'));

  write(name: string, content: unknown): string {
    const path = join(this.path, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}
