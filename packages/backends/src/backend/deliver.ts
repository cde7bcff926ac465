/**
 * How an answer reaches the client, or fails to: whole, cut short, as a trickle, as noise, or ended
 * by RST. All this comes after the work is done, as it does in life: what a client cannot know
 * from outside is whether its request has been served.
 */

import type { Response } from 'express';
import { atDeadline } from './deadline.ts';
import type { Fated } from './fault-set.ts';
import type { Site } from './site.ts';

/** What is to be said. */
export interface Answer {
  readonly status: number;
  readonly type: 'application/json' | 'text/plain';
  readonly body: string;
}

const NOISE_BYTES = 64;

/** The least time between two pieces of a trickle. */
const PIECE_EVERY_MS = 20;

/** Gives `answer`, in the way of the faults that this request meets, to a client that may be gone. */
export function deliver(site: Site, request: Fated, response: Response, answer: Answer): void {
  const { faults, clock } = site;
  const { socket } = response;
  if (socket === null || response.destroyed) return;
  const reset = faults.meets('reset', request);
  if (reset?.when === 'before-head') {
    socket.resetAndDestroy();
    return;
  }
  if (faults.meets('garbage', request)) {
    socket.write(noise(site, request));
    socket.destroySoon();
    return;
  }
  const truncate = faults.meets('truncate', request);
  const bandwidth = faults.meets('bandwidth', request);
  const slowClose = faults.meets('slowClose', request);
  const whole = Buffer.from(answer.body);
  let part = reset ? whole.subarray(0, whole.length >> 1) : whole;
  if (truncate) part = part.subarray(0, truncate.bytes);
  const cut = reset !== undefined || truncate !== undefined;
  // A cut answer promises at least one octet more than it gives, or nobody could see the cut.
  const promised = cut ? Math.max(whole.length, part.length + 1) : whole.length;
  writeHead(site, response, answer, promised, cut || slowClose !== undefined);
  if (!cut && !bandwidth && !slowClose) {
    response.end(whole);
    return;
  }
  const end = (): void => {
    // A turn of the event loop later, what has been written has left.
    if (reset) setImmediate(() => socket.resetAndDestroy());
    else if (truncate) socket.destroySoon();
    else response.end();
  };
  const endInTime = (): void => {
    if (slowClose) atDeadline(clock, clock.now() + slowClose.delayMs, end);
    else end();
  };
  response.flushHeaders();
  if (bandwidth) trickle(site, response, part, bandwidth.bytesPerSecond, endInTime);
  else {
    response.write(part);
    endInTime();
  }
}

function writeHead(
  site: Site,
  response: Response,
  { status, type }: Answer,
  contentLength: number,
  close: boolean,
): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': contentLength,
    'X-Backend': site.id,
    // While no new connections are taken, old ones must not live on for ever.
    ...(close || !site.door.isOpen ? { Connection: 'close' } : {}),
  });
}

/** Writes `body` at `bytesPerSecond`, then calls `done`; gives up when the client does. */
function trickle(
  { clock }: Site,
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

/** Octets that no HTTP parser takes for a response: the first is no letter. The request's own. */
function noise({ faults }: Site, request: Fated): Buffer {
  const octets = Buffer.alloc(NOISE_BYTES);
  for (let i = 0; i < NOISE_BYTES; i++) octets[i] = 256 * faults.uniform(`garbage ${i}`, request);
  octets[0] = 0xff;
  return octets;
}
