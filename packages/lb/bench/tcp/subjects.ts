/** The proxies that are compared in mode tcp, each on one core: round robin, no log. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { haproxyWith, nginxWith } from '../process.ts';
import { BASE, type Setting, type Subject } from '../suite.ts';

/** Where distributions put nginx's modules that are loaded. */
const STREAM_MODULES = [
  '/usr/lib/nginx/modules/ngx_stream_module.so',
  '/usr/lib64/nginx/modules/ngx_stream_module.so',
];

export const NGINX_STREAM = 'nginx stream';
/** With buffers as large as those of this proxy. */
export const NGINX_LARGE = 'nginx stream, 512k';

const addresses = ({ backendPorts }: Setting): string[] =>
  backendPorts.map((port) => `127.0.0.1:${port}`);

/** This proxy, from its entry file: health checks, metrics and default timeouts are on. */
const evenkeel = (mainFile: string, setting: Setting): string[] => [
  process.execPath,
  mainFile,
  ...['--mode', 'tcp', '--port', String(setting.port), '--backends', addresses(setting).join(',')],
  ...['--admin', '127.0.0.1:0', '--log-level', 'error'],
];

export function baseIn(checkout: string): Subject {
  const mainFile = join(checkout, 'packages/lb/src/main.ts');
  return { name: BASE, command: (setting) => evenkeel(mainFile, setting) };
}

const streamModule = (): string | undefined => STREAM_MODULES.find((path) => existsSync(path));

function nginx(name: string, directives: string): Subject {
  return {
    name,
    needs: 'nginx',
    missing: () =>
      streamModule() === undefined
        ? 'the stream module of nginx is not installed (Debian: libnginx-mod-stream)'
        : undefined,
    command: (setting) => nginxWith(setting.folder, nginxConf(setting, directives)),
  };
}

export const SUBJECTS: readonly Subject[] = [
  {
    name: 'evenkeel',
    command: (setting) => evenkeel(join(import.meta.dirname, '../../src/main.ts'), setting),
  },
  nginx(NGINX_STREAM, ''),
  nginx(NGINX_LARGE, 'proxy_buffer_size 512k;'),
  {
    name: 'haproxy',
    needs: 'haproxy',
    command: (setting) => haproxyWith(setting.folder, haproxyCfg(setting)),
  },
];

function nginxConf(setting: Setting, directives: string): string {
  const servers = addresses(setting).map((address) => `server ${address};`);
  return `load_module ${streamModule()};
daemon off; worker_processes 1; pid ${setting.folder}/nginx.pid;
events { worker_connections 16384; }
stream {
  upstream pool { ${servers.join(' ')} }
  server { listen 127.0.0.1:${setting.port} backlog=4096; proxy_pass pool; ${directives} }
}
`;
}

function haproxyCfg(setting: Setting): string {
  const servers = addresses(setting).map((address, i) => `  server s${i} ${address} check`);
  return `global
  nbthread 1
  maxconn 8192
defaults
  mode tcp
  timeout connect 2s
  timeout client 60s
  timeout server 60s
frontend clients
  bind 127.0.0.1:${setting.port}
  default_backend pool
backend pool
  balance roundrobin
${servers.join('\n')}
`;
}
