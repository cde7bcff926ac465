/**
 * Free ports for backends. They are taken from below the ranges that kernels hand to outgoing
 * connections (Linux: from 32768, macOS: from 49152): while a killed backend's port stands empty,
 * a load generator's own connection must not be able to sit down on it.
 */

import { createServer } from 'node:net';

const FIRST = 20_000;
const LAST = 32_000;

/** Where fleets of different processes begin to look; primes, so that they rarely meet. */
let next = FIRST + ((process.pid * 131) % (LAST - FIRST));

/** A port on `host` that is free now and was not handed out by this process before. Throws when none is. */
export async function freePort(host: string): Promise<number> {
  for (let tries = FIRST; tries < LAST; tries++) {
    const port = next;
    next = next + 1 < LAST ? next + 1 : FIRST;
    if (await isFree(port, host)) return port;
  }
  throw new Error(`no free port from ${FIRST} to ${LAST - 1} on ${host}`);
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
