/** PROXY headers, accepted and sent, in both modes. */

import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ConfigFile } from '../../src/index.ts';
import { until } from '../program/support.ts';
import { echo, startBalancing, startTcp, type Tcp } from './stand.ts';

const HEADER = 'PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\r\n';
const accepting = (trusted: string): ConfigFile => ({
  listen: { port: 0, proxyProtocol: 'accept' },
  forwarding: { trustedProxies: [trusted] },
});
const TRUSTED = accepting('127.0.0.1');

async function closes(tcp: Tcp, bytes: string): Promise<void> {
  const client = await tcp.open();
  client.send(bytes);
  await until(() => client.closed || client.ended);
  client.close();
}

test('a trusted peer tells its client, also byte by byte; what follows is passed on', async () => {
  const tcp = await startBalancing([await startTcp(echo())], TRUSTED);
  const client = await tcp.open();
  for (const byte of HEADER) {
    client.send(byte);
    await sleep(0);
  }
  client.send('hello');
  await client.untilReceived('hello');
  expect(client.received).toBe('hello');
  client.close();
  expect(await tcp.logged(1)).toMatchObject([{ client: '192.0.2.7', receivedBytes: 5 }]);
});

test('a trusted peer without a header, or with a malformed one, reaches no backend', async () => {
  const backend = await startTcp(echo());
  const tcp = await startBalancing([backend], {
    ...TRUSTED,
    timeouts: { clientHeadMs: 200 },
  });
  await closes(tcp, 'GET / HTTP/1.1\r\n');
  await closes(tcp, 'PROXY TCP4 1.2.3.4\r\n');
  await closes(tcp, 'PROXY TCP4 1.2');
  expect(backend.sockets).toEqual([]);
});

test('a header has its time as a whole, however many bytes come', async () => {
  const backend = await startTcp(echo());
  const tcp = await startBalancing([backend], { ...TRUSTED, timeouts: { clientHeadMs: 150 } });
  const client = await tcp.open();
  for (const byte of `PROXY UNKNOWN ${'x'.repeat(60)}`) {
    if (client.closed || client.ended) break;
    client.send(byte);
    await sleep(10);
  }
  await until(() => client.closed || client.ended);
  client.close();
  expect(await tcp.balancer.metrics()).toContain('refused_total{fault="late"} 1');
  expect(backend.sockets).toEqual([]);
});

test('a binary header with further fields is taken off whole; one that lies about its length is late or refused', async () => {
  const backend = await startTcp(echo());
  const tcp = await startBalancing([backend], { ...TRUSTED, timeouts: { clientHeadMs: 100 } });
  const fixed = (length: number): string =>
    `\r\n\r\n\0\r\nQUIT\n\x21\x11${String.fromCharCode(length >> 8, length & 255)}`;
  const ends = '\xc0\0\x02\x07\xc0\0\x02\x01\x12\x67\x01\xbb';
  const field = `\x04\0\x03abc`;
  const client = await tcp.open();
  for (const part of `${fixed(12 + field.length)}${ends}${field}`) {
    client.send(part);
    await sleep(0);
  }
  client.send('after');
  await client.untilReceived('after');
  expect(client.received).toBe('after');
  client.close();
  await closes(tcp, `${fixed(11)}${ends}`);
  await closes(tcp, `${fixed(5000)}${ends}`);
  await closes(tcp, `${fixed(100)}${ends}`);
  expect(backend.sockets).toHaveLength(1);
  const metrics = await tcp.balancer.metrics();
  expect(metrics).toContain('refused_total{fault="malformed"} 2');
  expect(metrics).toContain('refused_total{fault="late"} 1');
  expect(await tcp.logged(1)).toMatchObject([{ client: '192.0.2.7', receivedBytes: 5 }]);
});

test('another peer is served under its own address, unless it begins with a signature', async () => {
  const backend = await startTcp(echo('220 ready\r\n'));
  const tcp = await startBalancing([backend], accepting('192.0.2.1'));
  const client = await tcp.open();
  await client.untilReceived('220 ready');
  client.close();
  await closes(tcp, HEADER);
  const lines = await tcp.logged(2);
  expect(lines.map(({ client, reason }) => [client, reason]).sort()).toEqual([
    ['127.0.0.1', ''],
    ['127.0.0.1', 'proxy-header'],
  ]);
});

test('a header goes to the backend first, in mode tcp and, for each request, in mode http', async () => {
  const spoken: string[] = [];
  const backend = await startTcp((socket) => {
    socket.on('data', (bytes) => {
      spoken.push(String(bytes));
      if (String(bytes).includes('\r\n\r\n'))
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
  });
  const more: ConfigFile = { ...TRUSTED, sendProxyProtocol: 'v1' };
  const tcp = await startBalancing([backend], more);
  const client = await tcp.open();
  client.send(`${HEADER}data`);
  await until(() => spoken.join('') === `${HEADER}data`);
  client.close();
  spoken.length = 0;
  const backends = [{ url: `http://${backend.url}`, id: 'a' }];
  const http = await startBalancing([], { ...more, mode: 'http', backends });
  const second = await http.open();
  second.send(`${HEADER}GET / HTTP/1.1\r\nHost: a\r\n\r\n`);
  await second.untilReceived('\r\n\r\nok');
  second.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await second.until(
    () => second.received.endsWith('ok') && second.received.match(/ok/g)?.length === 2,
  );
  const all = spoken.join('');
  expect(all.split(HEADER).length - 1).toBe(2);
  expect(all).toContain('X-Forwarded-For: 192.0.2.7\r\n');
  expect(all).toContain('X-Forwarded-Port: 443\r\n');
  second.close();
  await once(second.socket, 'close');
});
