/** Ends connections so that their other ends see that something is missing. */

import type { Socket } from 'node:net';

/**
 * Ends a connection at once, by a reset where there is such a thing: Unix sockets have none.
 *
 * While a FIN of ours is under way libuv refuses to reset, and Node then never closes the socket: its descriptor and
 * whatever counts it would leak. All that was written has left by then, so a plain end leaves nothing out.
 */
export function resetConnection(socket: Socket): void {
  // Only a socket with a TCP handle tells the address of its peer.
  if (socket.remoteAddress === undefined || isSendingFin(socket)) socket.destroy();
  else socket.resetAndDestroy();
}

/** All that was written has been taken by the system; what follows is the FIN. */
function isSendingFin({ writableEnded, writableFinished, writableLength }: Socket): boolean {
  return writableEnded && !writableFinished && writableLength === 0;
}
