/** Real clients and a real WebSocket library over the proxy, where they are installed. */

import { execFile, execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type Stand, startStand } from '../support/stand.ts';

let server: Server;
let sockets: WebSocketServer;
let stand: Stand;
let url = '';

const hasProgram = (name: string): boolean => {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`]);
    return true;
  } catch {
    return false;
  }
};

beforeAll(async () => {
  server = createServer((request, response) => {
    let bytes = 0;
    request.on('data', (part: Buffer) => {
      bytes += part.length;
    });
    request.on('end', () => {
      const framing = request.headers['transfer-encoding'] ?? 'length';
      response.end(`${request.method} ${bytes} ${framing}\n`);
    });
  });
  sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  stand = await startStand([`127.0.0.1:${(server.address() as AddressInfo).port}`]);
  url = `http://127.0.0.1:${stand.port}/`;
});

afterAll(async () => {
  await stand.stop();
  sockets.close();
  await new Promise((done) => server.close(done));
});

async function run(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args);
  return stdout;
}

const withCurl = test.skipIf(!hasProgram('curl'));
const body = 'x'.repeat(200_000);

withCurl('curl: keep-alive over one connection', async () => {
  const out = await run('curl', '-s', '-w', '%{num_connects} ', url, url, url);
  expect(out).toBe('GET 0 length\n1 GET 0 length\n0 GET 0 length\n0 ');
});

withCurl('curl: HTTP/1.0', async () => {
  expect(await run('curl', '-s', '-0', url)).toBe('GET 0 length\n');
});

withCurl('curl: chunked upload', async () => {
  const out = await run(
    'curl',
    '-s',
    '-H',
    'Transfer-Encoding: chunked',
    '-H',
    'Expect:',
    '--data-binary',
    body.slice(0, 100_000),
    url,
  );
  expect(out).toBe('POST 100000 chunked\n');
});

withCurl('curl: Expect: 100-continue', async () => {
  const out = await run(
    'curl',
    '-s',
    '-v',
    '-H',
    'Expect: 100-continue',
    '--data-binary',
    body.slice(0, 100_000),
    '--stderr',
    '-',
    url,
  );
  expect(out).toContain('HTTP/1.1 100 Continue');
  expect(out).toContain('POST 100000 length');
});

withCurl('curl: HEAD', async () => {
  expect(await run('curl', '-s', '-I', url)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
});

test.skipIf(!hasProgram('ab'))('ab: with and without keep-alive, no request fails', async () => {
  for (const keepAlive of [[], ['-k']]) {
    const out = await run('ab', '-q', '-n', '500', '-c', '10', ...keepAlive, url);
    expect(out).toMatch(/Complete requests: +500\n/);
    expect(out).toMatch(/Failed requests: +0\n/);
    expect(out).not.toContain('Non-2xx');
  }
});

test.skipIf(!hasProgram('wrk'))('wrk: no error', async () => {
  const out = await run('wrk', '-t1', '-c20', '-d1s', '--timeout', '60s', url);
  expect(out).toMatch(/\d+ requests in/);
  expect(out).not.toMatch(/Socket errors|Non-2xx/);
});

test('ws: messages of all sizes come back, and a close is clean', async () => {
  const socket = new WebSocket(url.replace('http', 'ws'));
  await new Promise((done) => socket.once('open', done));
  for (const size of [0, 1, 125, 126, 65_536, 1_000_000]) {
    const message = Buffer.alloc(size, 7);
    const echoed = new Promise<Buffer>((done) =>
      socket.once('message', (data) => done(data as Buffer)),
    );
    socket.send(message);
    expect((await echoed).equals(message)).toBe(true);
  }
  const closed = new Promise<number>((done) => socket.once('close', done));
  socket.close(1000);
  expect(await closed).toBe(1000);
});
