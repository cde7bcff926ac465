/** Whether what a proxy in this process wants to send waits in its own memory: the system takes no more of it. */

import { Socket } from 'node:net';
import { afterEach, type MockInstance, vi } from 'vitest';

let writes: MockInstance<Socket['write']> | undefined;

afterEach(() => {
  writes?.mockRestore();
  writes = undefined;
});

/**
 * Looks at the sockets that are written to, from now to the test's end.
 * @param isMeant picks the connections in question
 */
export function watchWrites(isMeant: (socket: Socket) => boolean): () => boolean {
  const spy = vi.spyOn(Socket.prototype, 'write');
  writes = spy;
  return () => {
    const sockets = new Set(spy.mock.contexts as Socket[]);
    return [...sockets].some((socket) => isMeant(socket) && socket.writableLength > 0);
  };
}
