/** Much data through a balancer, both ways at once, compared by hash. */

import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { expect } from 'vitest';
import { startProgram } from '../program/support.ts';
import { startTcp } from './stand.ts';

const PIECE_BYTES = 256 * 1024;

/** Sends pieces that differ, no faster than they are taken, and then ends. @returns what was sent */
async function send(socket: Socket, bytes: number): Promise<string> {
  const hash = createHash('sha256');
  let seed = 1;
  for (let sent = 0; sent < bytes; sent += PIECE_BYTES) {
    const piece = Buffer.alloc(Math.min(PIECE_BYTES, bytes - sent), seed & 0xff);
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    piece.writeUInt32LE(seed, 0);
    hash.update(piece);
    if (!socket.write(piece)) await once(socket, 'drain');
  }
  socket.end();
  return hash.digest('hex');
}

async function receive(socket: Socket): Promise<string> {
  const hash: Hash = createHash('sha256');
  socket.on('data', (bytes) => hash.update(bytes));
  await once(socket, 'end');
  return hash.digest('hex');
}

/** A figure of a process's memory, in bytes; 0 where the system does not tell. */
function memoryOf(pid: number | undefined, figure: 'VmRSS' | 'VmHWM'): number {
  if (process.platform !== 'linux') return 0;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${figure}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
}

/**
 * Through the program, both ways at once, `bytes` each.
 * @returns by how much its memory was larger at its peak than before
 */
export async function exchange(bytes: number): Promise<number> {
  const atBackend = Promise.withResolvers<readonly [string, string]>();
  const backend = await startTcp((socket) => {
    atBackend.resolve(Promise.all([send(socket, bytes), receive(socket)]));
  });
  const flags = ['--mode', 'tcp', '--port', '0', '--backends', backend.url, '--health', 'off'];
  const program = await startProgram([...flags, '--access-log']);
  const before = memoryOf(program.process.pid, 'VmRSS');
  const port = Number(new URL(program.url).port);
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const [sent, received] = await Promise.all([send(socket, bytes), receive(socket)]);
  const [sentBack, receivedThere] = await atBackend.promise;
  const peak = memoryOf(program.process.pid, 'VmHWM');
  expect(receivedThere).toBe(sent);
  expect(received).toBe(sentBack);
  program.process.kill('SIGTERM');
  expect(await program.exitCode).toBe(0);
  const line = /^\{.*\}$/m.exec(program.stdout)?.[0] ?? '{}';
  const carried = { end: 'complete', receivedBytes: bytes, sentBytes: bytes };
  expect(JSON.parse(line)).toMatchObject(carried);
  return peak - before;
}
