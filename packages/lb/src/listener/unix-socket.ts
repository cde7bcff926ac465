/**
 * The file of a Unix socket outlives a process that was killed, and keeps its successor from listening.
 * One that no process listens at is removed; one in use, or a file that is no socket, never is.
 */

import { lstatSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';

/**
 * Makes room for a Unix socket.
 * @throws {Error} with the code `ENOTSOCK` if another kind of file is in the way
 */
export async function removeStaleSocket(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) {
    const error = new Error(`ENOTSOCK: not a socket, listen ${path}`);
    throw Object.assign(error, { code: 'ENOTSOCK', syscall: 'listen', address: path });
  }
  if (await isStale(path)) unlinkSync(path);
}

/** Whether no process accepts connections there. */
function isStale(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.on('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'));
  });
}
