/**
 * Reading accepted connections into buffers that are given beforehand.
 *
 * Node offers `onread` (a buffer given beforehand, nothing allocated and no stream machinery per read) to
 * sockets that one makes, but not to those that a server accepts. So a socket of our own takes the
 * connection over; that saves a tenth of what a small request costs. Neither `_handle` nor this use of
 * the option `handle` is documented: where a Node has them no more, the accepted socket itself is read, by events.
 */

import type { OnReadOpts, Socket } from 'node:net';
import { DirectSocket } from '../direct-socket.ts';
import { INPUT_BUFFER } from '../input-buffer.ts';

/** Bytes came: `bytes[0, length)`, valid only during the call. */
export type Received = (bytes: Buffer, length: number) => void;

/** The undocumented parts of a socket. */
interface Handled {
  _handle?: object | null;
}

/**
 * The socket to use in place of `accepted`, which must have been accepted paused; it is being read, and
 * tells `received` in place of 'data' events.
 * @param buffer where reads go; default: into the buffer that all share
 */
export function adopt(
  accepted: Socket,
  received: Received,
  buffer: OnReadOpts['buffer'] = INPUT_BUFFER,
): Socket {
  const handled = accepted as Handled;
  const handle = handled._handle;
  if (handle === undefined || handle === null) return readByEvents(accepted, received);
  handled._handle = null;
  accepted.destroy();
  const callback = (length: number, bytes: Uint8Array): boolean => {
    received(bytes as Buffer, length);
    return true;
  };
  const onread = { buffer, callback };
  return new DirectSocket({ handle: handle as never, allowHalfOpen: true, onread });
}

function readByEvents(socket: Socket, received: Received): Socket {
  socket.on('data', (bytes: Buffer) => received(bytes, bytes.length));
  return socket.resume();
}
