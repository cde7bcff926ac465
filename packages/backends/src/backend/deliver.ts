/**
 * How an answer is sent: whole, cut short, as a trickle, as noise, or ended by RST, as the faults decided. All
 * this comes after the work is done: what a client cannot know from outside is whether its request has
 * been served.
 */

import type { Delivery } from '@evenkeel/sim/faults';
import type { Response } from 'express';
import type { BackendContext } from './backend-context.ts';
import { atDeadline } from './deadline.ts';

/** What is sent, and in which way. */
export interface Shipment {
  readonly type: string;
  readonly body: Buffer;
  readonly delivery: Delivery;
}

const NOISE_BYTES = 64;

/** The least time between two pieces of a trickle. */
const PIECE_EVERY_MS = 20;

/** Sends an answer to a client, which may be gone. `index`: the request's, for the noise. */
export function deliver(
  backend: BackendContext,
  index: number | undefined,
  response: Response,
  { type, body, delivery }: Shipment,
): void {
  const { socket } = response;
  if (socket === null || response.destroyed) return;
  if (delivery.kind === 'head') sendHead(backend, response, type, body, delivery);
  else if (delivery.kind === 'reset') socket.resetAndDestroy();
  else {
    socket.write(backend.faults.noise(index, NOISE_BYTES));
    socket.destroySoon();
  }
}

function sendHead(
  backend: BackendContext,
  response: Response,
  type: string,
  body: Buffer,
  delivery: Delivery & { readonly kind: 'head' },
): void {
  const { clock, listener } = backend;
  const { status, sentBytes, promisedBytes, bytesPerSecond, end, closeAfterMs } = delivery;
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': promisedBytes,
    'X-Backend': backend.id,
    // While no new connections are taken, old ones must not be used again.
    ...(closeAfterMs !== undefined || !listener.isOpen ? { Connection: 'close' } : {}),
  });
  const isTrickle = bytesPerSecond < Infinity;
  if (end === 'whole' && !isTrickle && closeAfterMs === undefined) {
    response.end(body);
    return;
  }
  const close = (): void => {
    const { socket } = response;
    // A turn of the event loop later, what has been written has left.
    if (end === 'reset') setImmediate(() => socket?.resetAndDestroy());
    else if (end === 'truncated') socket?.destroySoon();
    else response.end();
  };
  const closeInTime = (): void => {
    if (closeAfterMs) atDeadline(clock, clock.now() + closeAfterMs, close);
    else close();
  };
  const part = body.subarray(0, sentBytes);
  response.flushHeaders();
  if (isTrickle) trickle(backend, response, part, bytesPerSecond, closeInTime);
  else {
    response.write(part);
    closeInTime();
  }
}

/** Writes `body` at `bytesPerSecond`, then calls `done`; gives up when the client does. */
function trickle(
  { clock }: BackendContext,
  response: Response,
  body: Buffer,
  bytesPerSecond: number,
  done: () => void,
): void {
  const everyMs = Math.max(PIECE_EVERY_MS, 1000 / bytesPerSecond);
  const startMs = clock.now();
  const piece = (n: number, from: number): void => {
    if (response.destroyed) return;
    if (from === body.length) {
      done();
      return;
    }
    atDeadline(clock, startMs + n * everyMs, () => {
      const due = Math.round((n * everyMs * bytesPerSecond) / 1000);
      const to = Math.min(body.length, due);
      response.write(body.subarray(from, to));
      piece(n + 1, to);
    });
  };
  piece(1, 0);
}
