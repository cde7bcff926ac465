/** The proxies that are compared, each on one core, in their usual form: keep-alive both ways, round robin, no log. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { haproxyWith, nginxWith } from './process.ts';
import { BASE, type Setting, type Subject } from './suite.ts';

const HERE = import.meta.dirname;

const urls = ({ backendPorts }: Setting): string[] =>
  backendPorts.map((port) => `http://127.0.0.1:${port}`);

/** This proxy, from its entry file: health checks, metrics and default timeouts are on. */
const evenkeel = (mainFile: string, setting: Setting): string[] => [
  process.execPath,
  mainFile,
  ...['--port', String(setting.port), '--backends', urls(setting).join(',')],
  ...['--admin', '127.0.0.1:0', '--log-level', 'error'],
];

/** This proxy as it is in another checkout, with its dependencies installed. */
export function baseIn(checkout: string): Subject {
  const mainFile = join(checkout, 'packages/lb/src/main.ts');
  return { name: BASE, command: (setting) => evenkeel(mainFile, setting) };
}

const node = (file: string, ...rest: readonly string[]): string[] => [
  process.execPath,
  join(HERE, file),
  ...rest,
];

/** What `pnpm bench:proxy` runs, in this order within each round. */
export const SUBJECTS: readonly Subject[] = [
  {
    name: 'evenkeel',
    command: (setting) => evenkeel(join(HERE, '../src/main.ts'), setting),
  },
  {
    name: 'evenkeel with access log',
    command: (setting) => [
      ...evenkeel(join(HERE, '../src/main.ts'), setting),
      ...['--access-log', join(setting.folder, 'access.log')],
    ],
  },
  {
    name: 'nginx',
    needs: 'nginx',
    command: (setting) => nginxWith(setting.folder, nginxConf(setting)),
  },
  {
    name: 'haproxy',
    needs: 'haproxy',
    command: (setting) => haproxyWith(setting.folder, haproxyCfg(setting)),
  },
  {
    name: 'http-proxy',
    command: (setting) => node('peers/http-proxy.ts', String(setting.port), ...urls(setting)),
  },
  {
    name: 'node:http + undici',
    command: (setting) => node('peers/undici.ts', String(setting.port), ...urls(setting)),
  },
  {
    name: 'Go ReverseProxy',
    needs: 'go',
    command: (setting) => [goProgram(setting), String(setting.port), ...urls(setting)],
  },
];

/** Built anew for each run; Go itself remembers what it has compiled. */
function goProgram({ folder }: Setting): string {
  const file = join(folder, 'reverse-proxy');
  const source = join(HERE, 'peers/reverse-proxy.go');
  const env = { ...process.env, GO111MODULE: 'off', GOTOOLCHAIN: 'local' };
  execFileSync('go', ['build', '-o', file, source], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return file;
}

function nginxConf({ port, backendPorts, folder }: Setting): string {
  const servers = backendPorts.map((backend) => `server 127.0.0.1:${backend};`).join(' ');
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
    .join(' ');
  return `daemon off; worker_processes 1; pid ${folder}/nginx.pid;
events { worker_connections 8192; }
http {
  access_log off; ${folders}
  keepalive_requests 1000000; keepalive_timeout 75s;
  upstream pool { ${servers} keepalive 256; keepalive_requests 1000000; keepalive_timeout 60s; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://pool; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host $host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
  }
}
`;
}

function haproxyCfg({ port, backendPorts }: Setting): string {
  const servers = backendPorts.map((backend, i) => `  server s${i} 127.0.0.1:${backend} check`);
  return `global
  nbthread 1
  maxconn 8192
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  option forwardfor
frontend clients
  bind 127.0.0.1:${port}
  default_backend pool
backend pool
  balance roundrobin
  http-reuse safe
${servers.join('\n')}
`;
}
