/** A name with a thousand addresses, all of them others each time: no request fails, and nothing piles up. */

import { afterEach, expect, test } from 'vitest';
import { a as address, DnsServer } from '../support/dns-server.ts';
import { type Running, startBalancer } from './balancer.ts';
import { type Backend, startBackend, until } from './support.ts';

const ADDRESSES = 1000;
const ROUNDS = 15;

let dns: DnsServer;
let backend: Backend;
let running: Running | undefined;

afterEach(async () => {
  await running?.balancer.destroy();
  await Promise.all([dns.stop(), backend.stop()]);
});

/** Every address of 127/8 is this machine's. */
function serve(round: number): void {
  const hosts = Array.from(
    { length: ADDRESSES },
    (_, i) => `127.${round}.${i >> 8}.${(i & 255) + 1}`,
  ).filter((host) => !host.endsWith('.256'));
  dns.serve(hosts.map((host) => address('web', host, 0)));
}

test('no request fails, and there is no trace of what has left', async () => {
  dns = await DnsServer.start();
  backend = await startBackend('a', 0, '0.0.0.0');
  serve(1);
  const url = `dns://web:${backend.port}?server=127.0.0.1:${dns.port}`;
  running = await startBalancer({
    listen: { port: 0 },
    admin: { listen: '0' },
    health: 'off',
    discovery: { url, minRefresh: 50, maxRefresh: 100 },
  });
  const { balancer } = running;
  let isRunning = true;
  const failures: unknown[] = [];
  let answered = 0;
  const clients = Array.from({ length: 8 }, async () => {
    while (isRunning) {
      const answer = await running!.get().catch(String);
      if (typeof answer === 'string' || answer.body !== 'a') failures.push(answer);
      answered += 1;
    }
  });
  for (let round = 2; round < ROUNDS + 2; round++) {
    serve(round);
    const before = answered;
    await until(
      () => balancer.backends[0]?.id.startsWith(`127.${round}.`) === true && answered > before + 20,
      'the others are there, and answer',
    );
  }
  isRunning = false;
  await Promise.all(clients);
  expect(failures).toEqual([]);
  const ids = new Set(balancer.backends.map(({ id }) => id));
  expect(ids.size).toBeLessThanOrEqual(ADDRESSES);
  await until(async () => {
    const told = (await balancer.metrics()).matchAll(/^evenkeel_backend_up\{backend="([^"]+)"/gm);
    return [...told].every(([, id = '']) => ids.has(id));
  }, 'what has left is forgotten');
});
