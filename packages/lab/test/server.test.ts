/** The page is served on loopback, to browsers of this machine, and nothing else is. */

import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LabServer, serveLab } from '../src/server.ts';

const HTML = '<!doctype html><title>ä</title>';

let server: LabServer;
beforeAll(async () => {
  server = await serveLab(HTML, 0);
});
afterAll(() => server.close());

/** With any host name: `fetch` sets its own. */
async function ask(host: string, method = 'GET', path = '/'): Promise<[number, string]> {
  const asked = request(server.url, { method, path, headers: { host } });
  asked.end();
  const [response] = await once(asked, 'response');
  return [response.statusCode, (await response.setEncoding('utf8').toArray()).join('')];
}

test('it answers with the page, whole, under the names that this machine has', async () => {
  const response = await fetch(`${server.url}?x=1`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('x-frame-options')).toBe('DENY');
  expect(await response.text()).toBe(HTML);
  for (const host of ['127.0.0.1', 'localhost:1234', '[::1]:80']) {
    expect(await ask(host)).toEqual([200, HTML]);
  }
});

test.each(['example.org', '127.0.0.1.example.org', 'localhost.example.org:80', '127.0.0.1:80:80'])(
  'a page of %s cannot read it by a name that leads here',
  async (host) => {
    expect(await ask(host)).toEqual([421, '']);
  },
);

test('it has one page and two methods', async () => {
  expect(await ask('localhost', 'HEAD')).toEqual([200, '']);
  expect(await ask('localhost', 'GET', '/index.html')).toEqual([200, HTML]);
  expect(await ask('localhost', 'GET', '/../../etc/passwd')).toEqual([404, '']);
  expect(await ask('localhost', 'POST')).toEqual([405, '']);
});

test('what is no HTTP does it no harm, and a connection that idles does not keep it open', async () => {
  const other = await serveLab(HTML, 0);
  const port = Number(new URL(other.url).port);
  const socket = connect(port, '127.0.0.1');
  socket.write('\x16\x03\x01 no HTTP\r\n\r\n');
  await once(socket.resume(), 'close');
  const idle = connect(port, '127.0.0.1').on('error', () => {});
  await once(idle, 'connect');
  expect((await fetch(other.url)).status).toBe(200);
  await other.close();
  await once(idle.resume(), 'close');
});

test('a port that is taken is refused', async () => {
  const port = Number(new URL(server.url).port);
  await expect(serveLab(HTML, port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
