/** An operator's actions against an admin API that writes down what it is asked. */

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { applyActions } from './actions.ts';

const asked: string[] = [];
let server: Server;
let adminUrl: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      asked.push(`${request.method} ${request.url} ${body}`);
      response.writeHead(request.url === '/backends/gone' ? 404 : 200).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  adminUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
beforeEach(() => asked.splice(0));

const drain = (target: string, atMs = 0) => ({ target, atMs, state: 'drain' }) as const;
const ready = (target: string, atMs = 0) => ({ target, atMs, state: 'ready' }) as const;

test('actions come in order, and what is still out at the end is given back', async () => {
  const stop = new AbortController();
  const acting = applyActions(adminUrl, [drain('a'), drain('b', 5), ready('a', 10)], stop.signal);
  while (asked.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  stop.abort();
  await acting;
  const patch = (id: string, state: string): string => `PATCH /backends/${id} {"state":"${state}"}`;
  expect(asked).toEqual([
    patch('a', 'drain'),
    patch('b', 'drain'),
    patch('a', 'ready'),
    patch('b', 'ready'),
  ]);
});

test('an admin API that refuses is named', async () => {
  const acting = applyActions(adminUrl, [drain('gone')], new AbortController().signal);
  await expect(acting).rejects.toThrow('drain of gone: the admin API answered 404');
});
