/**
 * The file of a Unix socket: one that a killed process has left keeps its successor from listening, and its
 * permissions say which users may connect.
 */

import { type BigIntStats, chmodSync, existsSync, lstatSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { isMainThread } from 'node:worker_threads';

/** Takes everything from all users but this one. */
const PRIVATE = 0o177;

/**
 * Makes room for a Unix socket: a file at which no process listens is removed; one in use, or a file that is
 * no socket, never is.
 * @throws {Error} with the code `ENOTSOCK` if another kind of file is in the way
 */
export async function removeStaleSocket(path: string): Promise<void> {
  const found = look(path);
  if (found === undefined) return;
  if (!found.isSocket()) {
    const error = new Error(`ENOTSOCK: not a socket, listen ${path}`);
    throw Object.assign(error, { code: 'ENOTSOCK', syscall: 'listen', address: path });
  }
  if (!(await isStale(path))) return;
  // Another process may have found the same, and be listening there by now.
  const now = look(path);
  if (now?.ino === found.ino && now.ctimeNs === found.ctimeNs) unlinkSync(path);
}

/** The number of a file that is gone is soon another file's: its time tells the two apart. */
function look(path: string): BigIntStats | undefined {
  return lstatSync(path, { throwIfNoEntry: false, bigint: true });
}

/**
 * Binds a Unix socket so that at no moment more users may connect than are meant to. A socket is made with what
 * the umask leaves, and Node binds it before `listen` returns.
 * @param listen begins to listen at the path at once; told when it does
 */
export async function listenPrivately(
  path: string,
  socketMode: number,
  listen: () => Promise<void>,
): Promise<void> {
  // Workers cannot set the umask, which belongs to the process.
  const before = isMainThread ? process.umask(PRIVATE) : undefined;
  let listening: Promise<void>;
  try {
    listening = listen();
  } finally {
    if (before !== undefined) process.umask(before);
  }
  await listening;
  chmodSync(path, socketMode);
}

/** libuv says EACCES where the folder of a socket is not there. */
export function withTrueCode(error: Error, path?: string): Error {
  if (path === undefined || (error as NodeJS.ErrnoException).code !== 'EACCES') return error;
  return existsSync(dirname(path)) ? error : Object.assign(error, { code: 'ENOENT' });
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
