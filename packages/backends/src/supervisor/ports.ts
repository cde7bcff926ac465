/**
 * Free ports for all processes that the kit starts. They are taken from below the ranges that kernels hand to outgoing
 * connections (Linux: from 32768, macOS: from 49152): while a killed backend's port stands empty,
 * a load generator's own connection must not be given that port.
 */

import { createServer } from 'node:net';
import { BackendError } from './errors.ts';

const FIRST = 20_000;
const LAST = 32_000;

/** Where different processes begin to look; 131 is prime, so that they rarely meet. */
let next = FIRST + ((process.pid * 131) % (LAST - FIRST));

/**
 * A port on `host` that is free now and was not handed out before. Rejects with a BackendError
 * when none is, or when that host cannot be listened on.
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (let tries = FIRST; tries < LAST; tries++) {
    const port = next;
    next = next + 1 < LAST ? next + 1 : FIRST;
    if (await isFree(port, host)) return port;
  }
  throw new BackendError('EADDRINUSE', `no free port from ${FIRST} to ${LAST - 1} on ${host}`);
}

/** `http://host:port`, with the brackets that an IPv6 address needs. */
export function baseUrl(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', ({ code = '', message }: NodeJS.ErrnoException) => {
      if (code === 'EADDRINUSE') resolve(false);
      else reject(new BackendError(code, `cannot listen on host ${host}: ${message}`));
    });
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
