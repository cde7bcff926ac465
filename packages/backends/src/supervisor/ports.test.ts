/** Laws of the ports that backends get. */

import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { baseUrl, freePort } from './ports.ts';

const HOST = '127.0.0.1';

test('ports asked for at the same moment differ, and lie below all ephemeral ranges', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, () => freePort(HOST)));
  expect(new Set(ports).size).toBe(50);
  for (const port of ports) {
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_000);
  }
});

test('a port in use is passed over', async () => {
  const taken = (await freePort(HOST)) + 1;
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(taken, HOST, resolve));
  expect(await freePort(HOST)).not.toBe(taken);
  server.close();
});

test('a host that cannot be listened on is named at once', async () => {
  await expect(freePort('203.0.113.1')).rejects.toThrow(/^cannot listen on host 203\.0\.113\.1: /);
});

test('an IPv6 address stands in brackets', () => {
  expect([baseUrl('::1', 80), baseUrl(HOST, 80)]).toEqual([
    'http://[::1]:80',
    'http://127.0.0.1:80',
  ]);
});
