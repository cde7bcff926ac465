/** What the tests of the fleet share: small specifications, and a client that sees what really comes. */

import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import type { Backend } from '@evenkeel/sim';

/** A backend that serves at once unless told otherwise. */
export function spec(id: string, changes: Partial<Backend> = {}): Backend {
  return {
    id,
    index: 0,
    concurrency: 100,
    queue: 100,
    weight: 1,
    discipline: 'fifo',
    service: { distribution: 'constant', meanMs: 0 },
    ...changes,
  };
}

/** How a connection was left: closed by FIN, by RST, never accepted, or still open when watching ended. */
export type End = 'fin' | 'reset' | 'refused' | 'open';

export interface Seen {
  readonly end: End;
  /** All bytes that came. */
  readonly bytes: Buffer;
  readonly head: string;
  readonly body: string;
  /** Milliseconds from the request to the first byte, to the last, and to the end. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly endMs: number;
}

export interface Ask {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The body is sent when this resolves: until then the request is in service. */
  readonly bodyAfter?: Promise<unknown>;
  /** How long an open connection is watched: short only where no answer is expected. */
  readonly watchMs?: number;
  /** The client leaves when this resolves. */
  readonly leave?: Promise<unknown>;
  /** Watch no longer than until the promised bytes of the body have come. */
  readonly untilWhole?: boolean;
}

/** One request over a raw socket with `Connection: close`, and all that can be seen of the answer. */
export function ask(url: string, request: Ask = {}): Promise<Seen> {
  const { hostname, port } = new URL(url);
  const { method = 'GET', path = '/', headers = {}, body = '', watchMs = 60_000 } = request;
  const lines = Object.entries({ host: hostname, connection: 'close', ...headers });
  const length = body === '' ? '' : `content-length: ${Buffer.byteLength(body)}\r\n`;
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const startedMs = performance.now();
    let firstMs = Number.NaN;
    let lastMs = Number.NaN;
    const socket = connect(Number(port), hostname);
    const done = (end: End): void => {
      clearTimeout(watch);
      socket.destroy();
      const bytes = Buffer.concat(chunks);
      const [first = '', ...rest] = bytes.toString('latin1').split('\r\n\r\n');
      const endMs = performance.now() - startedMs;
      resolve({ end, bytes, head: first, body: rest.join('\r\n\r\n'), firstMs, lastMs, endMs });
    };
    const watch = setTimeout(() => done('open'), watchMs);
    request.leave?.then(() => done('open'));
    socket.on('data', (chunk: Buffer) => {
      lastMs = performance.now() - startedMs;
      if (chunks.length === 0) firstMs = lastMs;
      chunks.push(chunk);
      if (request.untilWhole && isWhole(Buffer.concat(chunks))) done('open');
    });
    socket.on('end', () => done('fin'));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      done(error.code === 'ECONNREFUSED' ? 'refused' : 'reset');
    });
    const start = `${method} ${path} HTTP/1.1\r\n${head}${length}\r\n`;
    // At once where it can be: a write that comes after a reset would hide what came before it.
    socket.write(request.bodyAfter === undefined ? start + body : start);
    request.bodyAfter?.then(() => socket.write(body));
  });
}

function isWhole(bytes: Buffer): boolean {
  const [head = '', body] = bytes.toString('latin1').split('\r\n\r\n', 2);
  return body?.length === Number(/^content-length: (\d+)$/im.exec(head)?.[1]);
}

/** The status of an answer; 0 when there was none. */
export function statusOf({ head }: Seen): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1] ?? 0);
}

/** A header field of an answer. */
export function field({ head }: Seen, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1];
}

/** Whether process `pid` exists; one that has ended and is not yet reaped does not. */
export function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

/** Waits until `condition` holds; the limit only ends a hang. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 60_000;
  while (performance.now() < deadlineMs) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('waited in vain');
}
