/** Timeouts and limits of one service hold for it, and for no other. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLoadBalancer, type LoadBalancer } from '../../src/index.ts';
import { answering, OK, type RawBackend, startRawBackend } from '../support/raw-backend.ts';
import { roundTrip, statusOf } from '../support/raw-client.ts';
import '../support/steady-clock.ts';

let backend: RawBackend;
let silent: RawBackend;
let balancer: LoadBalancer;
let port: number;

beforeAll(async () => {
  backend = await startRawBackend(answering(OK, () => true));
  silent = await startRawBackend(() => {});
  const url = `http://${backend.address}`;
  balancer = createLoadBalancer({
    listen: { port: 0 },
    health: 'off',
    retries: 'off',
    timeouts: { responseHeadMs: 20_000 },
    services: {
      web: { backends: [{ url, id: 'web' }] },
      small: { backends: [{ url, id: 'small' }], limits: { bodyBytes: 3 } },
      hasty: {
        backends: [{ url: `http://${silent.address}`, id: 'hasty' }],
        timeouts: { responseHeadMs: 30 },
      },
    },
    routes: [
      { service: 'web' },
      { prefix: '/small', service: 'small' },
      { prefix: '/hasty', service: 'hasty' },
    ],
  });
  ({ port } = await balancer.listen());
});

afterAll(async () => {
  await balancer.close();
  await Promise.all([backend.stop(), silent.stop()]);
});

async function post(path: string, framing: string, body: string): Promise<number> {
  const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${framing}\r\n\r\n`;
  return statusOf(await roundTrip(port, head + body));
}

test('a body that is too large for one service is not for another', async () => {
  expect(await post('/small', 'Content-Length: 3', 'abc')).toBe(200);
  expect(await post('/small', 'Content-Length: 4', 'abcd')).toBe(413);
  const chunks = '4\r\nabcd\r\n0\r\n\r\n';
  expect(await post('/small', 'Transfer-Encoding: chunked', chunks)).toBe(413);
  expect(await post('/', 'Content-Length: 4', 'abcd')).toBe(200);
});

test('a service that is waited for less long is given up sooner', async () => {
  const request = 'GET /hasty HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  expect(statusOf(await roundTrip(port, request))).toBe(504);
});
