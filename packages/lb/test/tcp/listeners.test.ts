/** Several listeners in one process, Unix sockets, and what is wrong with a configuration of them. */

import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createLoadBalancer } from '../../src/index.ts';
import { RawClient } from '../support/raw-client.ts';
import { echo, folder, startConfigured, startTcp } from './stand.ts';

/** Leaves the file of a socket at which no process listens. */
function leaveSocket(path: string): void {
  const code = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', code]);
  expect(existsSync(path)).toBe(true);
}

test('http and tcp side by side, over Unix sockets on both sides', async () => {
  const [front, back] = [join(folder.path, 'front.sock'), join(folder.path, 'back.sock')];
  leaveSocket(front);
  const web = await startTcp((socket) => {
    socket.on('data', (bytes) => {
      const head = String(bytes);
      socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${head.length}\r\n\r\n${head}`);
    });
  }, back);
  const plain = await startTcp(echo('plain '));
  const balancer = await startConfigured({
    listeners: [
      { port: 0, mode: 'tcp', service: 'plain' },
      { unix: front, socketMode: '600' },
    ],
    services: { web: { backends: [web.url] }, plain: { backends: [plain.url] } },
  });
  expect(balancer.balancer.listening.map(({ mode }) => mode)).toEqual(['tcp', 'http']);
  expect(statSync(front).mode & 0o777).toBe(0o600);
  const client = await balancer.open();
  await client.untilReceived('plain ');
  client.close();
  const local = new RawClient(connect(front));
  local.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  await local.untilReceived('X-Forwarded-For: unknown');
  local.close();
  await balancer.balancer.destroy();
  expect(existsSync(front)).toBe(false);
});

test('a socket in use, and a file that is no socket, are left alone', async () => {
  const path = join(folder.path, 'used.sock');
  await startTcp(echo(), path);
  const make = (unix: string) =>
    createLoadBalancer({ mode: 'tcp', listen: { unix }, backends: ['127.0.0.1:1'], health: 'off' });
  await expect(make(path).listen()).rejects.toMatchObject({ code: 'EADDRINUSE' });
  const file = folder.write('no.sock', 'precious');
  await expect(make(file).listen()).rejects.toMatchObject({ code: 'ENOTSOCK' });
  await expect(make('/no/folder/x').listen()).rejects.toMatchObject({ code: 'ENOENT' });
  expect(existsSync(file)).toBe(true);
});

test('a port of another machine is none of ours, though we listen at all addresses', () => {
  const listen = { port: 5432, host: '0.0.0.0' };
  createLoadBalancer({ mode: 'tcp', listen, backends: ['10.0.0.1:5432'] });
});

describe('what is wrong is told in one line', () => {
  const A = 'http://127.0.0.1:9001';
  test.for([
    [
      { mode: 'tcp', backends: [A] },
      'config: backends[0] must be tcp://host:port, host:port or unix:/path in tcp mode, got "http://127.0.0.1:9001"',
    ],
    [
      { backends: ['tcp://a:1'] },
      'config: backends[0] must be http://host:port or unix:/path in http mode, got "tcp://a:1"',
    ],
    [
      { mode: 'tcp', backends: ['tcp://a:1/x'] },
      'config: backends[0] must be tcp://host:port (it carries a path), got "tcp://a:1/x"',
    ],
    [
      { mode: 'tcp', listen: { port: 5432, host: '0.0.0.0' }, backends: ['127.0.0.1:5432'] },
      'config: backends[0] must not be where its clients connect, which is 0.0.0.0:5432, got "tcp://127.0.0.1:5432"',
    ],
    [
      { mode: 'tcp', backends: ['a:70000'] },
      'config: backends[0] must be tcp://host:port (the port must be 1 to 65535), got "a:70000"',
    ],
    [
      { mode: 'tcp', backends: ['https://a:1'] },
      'config: backends[0] must be http://host:port (TLS to backends is not available), got "https://a:1"',
    ],
    [
      { listeners: [{ port: 1 }, { port: 1 }], backends: [A] },
      'config: listeners[1].port must not be where 127.0.0.1:1 listens already, got 1',
    ],
    [
      { listeners: [{ port: 1 }, { port: 1, host: '0.0.0.0' }], backends: [A] },
      'config: listeners[1].port must not be where 127.0.0.1:1 listens already, got 1',
    ],
    [
      { listen: { port: 1 }, admin: { listen: '1' }, backends: [A] },
      'config: admin.listen must not be where clients connect, which is 127.0.0.1:1, got "1"',
    ],
    [{ listeners: [{}], backends: [A] }, 'config: listeners[0] must have port or unix'],
    [
      { listeners: [{ unix: 'x' }], backends: [A] },
      'config: listeners[0].unix must be the absolute path of a Unix socket (the path must be absolute), got "x"',
    ],
    [
      { mode: 'tcp', backends: ['a:1'], strategy: 'sticky' },
      'config: strategy must not be sticky in tcp mode, which has no cookies: see ip-hash',
    ],
    [
      { mode: 'tcp', backends: ['a:1'], deny: ['10.0.0.0/8'] },
      'config: deny must be left out in tcp mode, which looks at no requests',
    ],
  ] as const)('%j', ([file, message]) => {
    expect(() => createLoadBalancer(file as never)).toThrow(message);
  });
});
