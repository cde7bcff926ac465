/** HAProxy with one thread, health checks and redispatch on, and Evenkeel's default timeouts. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@evenkeel/backends';
import { findExecutable } from './executable.ts';
import { startProgram } from './program.ts';
import type { Assignment, RunningSubject, Subject } from './subject.ts';

const BALANCE: Readonly<Record<string, string>> = {
  'round-robin': 'balance roundrobin',
  'weighted-round-robin': 'balance roundrobin',
  'least-connections': 'balance leastconn',
  'power-of-two': 'balance random(2)',
  'weighted-random': 'balance random(1)',
  'ip-hash': 'balance source\n  hash-type consistent',
  'header-hash': 'balance hdr(x-key)\n  hash-type consistent',
};

const DEFAULT_CHECK_MS = 2_000;

export const haproxy: Subject = {
  name: 'haproxy',
  isElsewhere: false,
  takesActions: false,
  takes: (setting, value) =>
    setting === 'health.intervalMs' || (/^health(?:\.type)?$/.test(setting) && value === 'off'),
  unavailable: () => (findExecutable('haproxy') === null ? 'haproxy is not installed' : null),
  strategies: (asked) => asked.filter((strategy) => strategy in BALANCE),
  async start(assignment): Promise<RunningSubject> {
    const port = await freePort();
    const file = join(assignment.dir, 'haproxy.cfg');
    await writeFile(file, haproxyConfig(assignment, port));
    const command = findExecutable('haproxy') ?? 'haproxy';
    return await startProgram({ name: 'haproxy', command, args: ['-db', '-f', file], port });
  },
};

/** Words of a `server` line. */
function checkOf({ health = {} }: Assignment['lb']): string {
  if (health === 'off' || health.type === 'off') return '';
  return `check inter ${health.intervalMs ?? DEFAULT_CHECK_MS}ms `;
}

/** Exported for its test. */
export function haproxyConfig(assignment: Assignment, port: number): string {
  const { targets, strategy, lb } = assignment;
  const check = checkOf(lb);
  const servers = targets.map(
    ({ id, url, weight }) => `  server ${id} ${new URL(url).host} ${check}weight ${weight}`,
  );
  return `global
  maxconn 8192
  nbthread 1
defaults
  mode http
  timeout connect 2s
  timeout client 75s
  timeout server 15s
  option redispatch 1
  retries 3
frontend clients
  bind 127.0.0.1:${port}
  default_backend fleet
backend fleet
  ${BALANCE[strategy] ?? 'balance roundrobin'}
${servers.join('\n')}
`;
}
