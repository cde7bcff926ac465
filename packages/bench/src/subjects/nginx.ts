/**
 * nginx with one worker: one process that balances, as the others have. Its timeouts are set to
 * Evenkeel's defaults; everything else that decides about retries is nginx's own.
 */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@evenkeel/backends';
import { findExecutable } from './executable.ts';
import { startProgram } from './program.ts';
import type { Assignment, RunningSubject, Subject } from './subject.ts';

/** Evenkeel's strategies in nginx's words; round robin is what it does without one. */
const DIRECTIVES: Readonly<Record<string, string>> = {
  'round-robin': '',
  'weighted-round-robin': '',
  'least-connections': 'least_conn;',
  'power-of-two': 'random two least_conn;',
  'weighted-random': 'random;',
  'ip-hash': 'hash $remote_addr consistent;',
  'header-hash': 'hash $http_x_key consistent;',
};

export const nginx: Subject = {
  name: 'nginx',
  isElsewhere: false,
  takesActions: false,
  takes: () => false,
  unavailable: () => (findExecutable('nginx') === null ? 'nginx is not installed' : null),
  strategies: (asked) => asked.filter((strategy) => strategy in DIRECTIVES),
  async start(assignment): Promise<RunningSubject> {
    const port = await freePort();
    const file = join(assignment.dir, 'nginx.conf');
    await writeFile(file, nginxConfig(assignment, port));
    const command = findExecutable('nginx') ?? 'nginx';
    const args = ['-p', assignment.dir, '-c', file, '-e', 'stderr'];
    return await startProgram({ name: 'nginx', command, args, port });
  },
};

/** Exported for its test. */
export function nginxConfig(assignment: Assignment, port: number): string {
  const { dir, targets, strategy } = assignment;
  // A worker started by root would become another user, who may not write to our folder.
  const user = process.getuid?.() === 0 ? 'user root;\n' : '';
  const servers = targets.map(
    ({ url, weight }) => `    server ${new URL(url).host} weight=${weight};`,
  );
  return `${user}daemon off;
worker_processes 1;
pid ${join(dir, 'nginx.pid')};
error_log stderr crit;
events { worker_connections 8192; }
http {
  access_log off;
  client_body_temp_path ${join(dir, 'body')};
  proxy_temp_path ${join(dir, 'proxy')};
  fastcgi_temp_path ${join(dir, 'fastcgi')};
  uwsgi_temp_path ${join(dir, 'uwsgi')};
  scgi_temp_path ${join(dir, 'scgi')};
  keepalive_requests 1000000;
  upstream fleet {
    ${DIRECTIVES[strategy] ?? ''}
${servers.join('\n')}
    keepalive 128;
    keepalive_requests 1000000;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://fleet;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_connect_timeout 2s;
      proxy_read_timeout 15s;
    }
  }
}
`;
}
