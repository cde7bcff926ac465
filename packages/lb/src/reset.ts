/** Ends connections so that their other ends see that something is missing. */

import type { Socket } from 'node:net';

/** Ends a connection at once, by a reset where there is such a thing: Unix sockets have none. */
export function resetConnection(socket: Socket): void {
  // Only a socket with a TCP handle tells the address of its peer.
  if (socket.remoteAddress === undefined) socket.destroy();
  else socket.resetAndDestroy();
}
