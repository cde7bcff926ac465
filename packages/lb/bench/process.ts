/** Child processes pinned to a core, what they need, and what they use, from /proc. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** /proc counts CPU time in these; fixed on Linux. */
const MICROSECONDS_PER_TICK = 10_000;
const PAGE_BYTES = 4096;
const START_LIMIT_MS = 10_000;
const STOP_LIMIT_MS = 3_000;

export interface Usage {
  readonly cpuUs: number;
  readonly rssBytes: number;
}

/** Starts a program on one core. Its output is dropped. @param hasChannel it takes messages */
export function startOnCore(
  core: number,
  command: readonly string[],
  hasChannel: boolean = false,
): ChildProcess {
  const stdio = ['ignore', 'ignore', 'ignore', ...(hasChannel ? ['ipc' as const] : [])] as const;
  return spawn('taskset', ['-c', String(core), ...command], { stdio: [...stdio] });
}

/** Whether the machine has this program. */
export function isInstalled(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The command of nginx with this configuration. @param folder for whatever it writes */
export function nginxWith(folder: string, configuration: string): readonly string[] {
  const file = written(folder, 'nginx.conf', configuration);
  return ['nginx', '-p', folder, '-e', 'error.log', '-c', file];
}

/** The command of HAProxy with this configuration. */
export function haproxyWith(folder: string, configuration: string): readonly string[] {
  return ['haproxy', '-db', '-f', written(folder, 'haproxy.cfg', configuration)];
}

function written(folder: string, name: string, text: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** Resolves when the port has a listener. */
export async function untilListening(port: number): Promise<void> {
  const end = performance.now() + START_LIMIT_MS;
  while (performance.now() < end) {
    const socket = connect(port, '127.0.0.1');
    const connected = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) return;
    await sleep(50);
  }
  throw new Error(`there is no listener on port ${port} after ${START_LIMIT_MS} ms`);
}

/** Ends a process, by force if it takes too long. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await exited;
  clearTimeout(force);
}

/** User and system time so far and memory now, of a process and its children. */
export function usageOf(pid: number): Usage {
  let ticks = 0;
  let pages = 0;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const fields = statOf(entry);
    if (fields === undefined) continue;
    if (entry !== String(pid) && fields[1] !== String(pid)) continue;
    ticks += Number(fields[11]) + Number(fields[12]);
    pages += Number(fields[21]);
  }
  return { cpuUs: ticks * MICROSECONDS_PER_TICK, rssBytes: pages * PAGE_BYTES };
}

/** The fields of /proc/PID/stat after the name, from the state on. */
function statOf(pid: string): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
