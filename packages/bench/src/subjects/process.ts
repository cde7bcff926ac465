/**
 * Starts a subject's process under a watchdog and waits until it accepts connections.
 *
 * The watchdog: a shell starts the command and waits on its own standard input. When that ends, because
 * we closed it or because we were killed, it terminates the command. So nothing is left behind even
 * by SIGKILL. The shell leads a process group, which is killed whole in the end.
 */

import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const WATCHDOG = [
  'exec 3<&0',
  '"$@" </dev/null 3<&- & child=$!',
  '(cat <&3 >/dev/null; kill -TERM $child 2>/dev/null) & ',
  'exec 3<&-',
  'wait $child',
].join('\n');

const READY_WITHIN_MS = 20_000;
const READY_POLL_MS = 20;
const STOP_WITHIN_MS = 5_000;
const GONE_WITHIN_MS = 1_000;
const GONE_POLL_MS = 5;
const LAST_WORDS_BYTES = 4_096;

/** A subject that did not start; the message is its own last words, in one line. */
export class SubjectError extends Error {
  override name = 'SubjectError';
}

export interface WatchedProcess {
  /** The watchdog itself, root of the tree. */
  readonly pid: number;
  exitedEpochMs(): number | null;
  /** What it last wrote to standard output and error. */
  lastWords(): string;
  /** SIGTERM, then SIGKILL to the whole group after five seconds. */
  stop(): Promise<void>;
}

/** Starts `command` with `args`; `env` is added to our own. */
export function startUnderWatchdog(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): WatchedProcess {
  const child = spawn('/bin/sh', ['-c', WATCHDOG, 'watchdog', command, ...args], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error('/bin/sh could not be started');
  let words = '';
  const listen = (chunk: Buffer): void => {
    words = (words + chunk.toString()).slice(-LAST_WORDS_BYTES);
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  child.stdin.on('error', () => {}); // It may be gone before it is told to go.
  let exitedEpochMs: number | null = null;
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      exitedEpochMs = performance.timeOrigin + performance.now();
      resolve();
    });
  });
  return {
    pid,
    exitedEpochMs: () => exitedEpochMs,
    lastWords: () => words.trim(),
    async stop() {
      child.stdin.end();
      await Promise.race([exited, sleep(STOP_WITHIN_MS, undefined, { ref: false })]);
      signalGroup(pid, 'SIGKILL');
      await exited;
      await untilGroupGone(pid);
      child.stdout.destroy();
      child.stderr.destroy();
    },
  };
}

/** @returns false if no process of the group is left */
function signalGroup(pid: number, signal: 'SIGKILL' | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

/** The grandchildren end in their own time; one that is never reaped is not waited for in vain. */
async function untilGroupGone(pid: number): Promise<void> {
  const deadline = performance.now() + GONE_WITHIN_MS;
  while (signalGroup(pid, 0) && performance.now() < deadline) await sleep(GONE_POLL_MS);
}

async function accepts(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** The line that names an error, or else the last one: not the stack trace between them. */
function decisive(lines: readonly string[]): string {
  return lines.find((line) => /error|alert|emerg/i.test(line)) ?? lines.at(-1) ?? '';
}

/** Waits until `port` accepts; when it does not, stops the process and throws its last words. */
export async function untilAccepting(
  name: string,
  process: WatchedProcess,
  port: number,
): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (process.exitedEpochMs() === null && performance.now() < deadline) {
    if (await accepts(port)) return;
    await sleep(READY_POLL_MS);
  }
  const how = process.exitedEpochMs() === null ? 'did not accept connections' : 'ended at once';
  await process.stop();
  const words = decisive(process.lastWords().split('\n'));
  throw new SubjectError(`${name} ${how}${words === '' ? '' : `: ${words}`}`);
}
