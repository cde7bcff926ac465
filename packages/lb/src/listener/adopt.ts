/**
 * Reading accepted connections into buffers that are given beforehand.
 *
 * Node offers `onread` (a buffer given beforehand, nothing allocated and no stream machinery per read) to
 * sockets that one makes, but not to those that a server accepts. So a socket of our own takes the
 * connection over; that saves a tenth of what a small request costs. Where a Node shows handles no more
 * (socket-handle.ts), the accepted socket itself is read, by events.
 */

import type { OnReadOpts, Socket } from 'node:net';
import { DirectSocket } from '../direct-socket.ts';
import { INPUT_BUFFER } from '../input-buffer.ts';
import { takeHandle } from '../socket-handle.ts';

/** Bytes came: `bytes[0, length)`, valid only during the call. */
export type Received = (bytes: Buffer, length: number) => void;

/**
 * The socket to use in place of `accepted`, which must have been accepted paused; it is being read, and
 * tells `received` in place of 'data' events.
 */
export function adopt(accepted: Socket, received: Received): Socket {
  const handle = takeHandle(accepted);
  if (handle === undefined) return readByEvents(accepted, received);
  const onread = readingInto(received);
  return new DirectSocket({ handle: handle as never, allowHalfOpen: true, onread });
}

/** What a socket is told so that it reads into the buffer that all share. */
export function readingInto(received: Received): OnReadOpts {
  const callback = (length: number): boolean => {
    received(INPUT_BUFFER, length);
    return true;
  };
  return { buffer: INPUT_BUFFER, callback };
}

function readByEvents(socket: Socket, received: Received): Socket {
  socket.on('data', (bytes: Buffer) => received(bytes, bytes.length));
  return socket.resume();
}
