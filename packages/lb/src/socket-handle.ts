/**
 * What lies below a socket of Node, taken out of it: for what `node:net` does not offer. `_handle` is not
 * documented; where a Node has it no more, its users go by what is.
 */

import type { Socket } from 'node:net';

interface Handled {
  _handle?: object | null;
}

/**
 * Takes the handle out of a socket, which is destroyed and tells that it is closed.
 * @returns undefined: it has none, is closed, or this Node shows it no more; the socket is as it was
 */
export function takeHandle(socket: Socket): object | undefined {
  const handled = socket as Handled;
  const handle = handled._handle;
  if (handle === undefined || handle === null) return undefined;
  handled._handle = null;
  socket.destroy();
  return handle;
}
