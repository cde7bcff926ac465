/**
 * The writing end of the accounting. A line is handed to the kernel by one synchronous append
 * before the backend acts on it: once the call returns, no SIGKILL can take the line back.
 *
 * One line is `A` (arrived: its head was read), `S` (work on it began) or `F` (finished), the wall-clock time in ms since 1970, the method and
 * the request's id, separated by single spaces. The id comes last because it may hold spaces;
 * line ends cannot occur in a header field.
 */

import { openSync, writeSync } from 'node:fs';

/** Records what happens to requests. `id` is the request's `X-Request-Id`. */
export interface Journal {
  arrived(method: string, id: string): void;
  started(method: string, id: string): void;
  finished(method: string, id: string): void;
}

/** For backends that are not to keep accounts. */
export const noJournal: Journal = { arrived() {}, started() {}, finished() {} };

/** Appends to `file`, which is created if need be and never cut. */
export function openJournal(file: string): Journal {
  const descriptor = openSync(file, 'a');
  const append = (event: string, method: string, id: string): void => {
    const atMs = performance.timeOrigin + performance.now();
    writeSync(descriptor, `${event} ${atMs.toFixed(3)} ${method} ${id}\n`);
  };
  return {
    arrived: (method, id) => append('A', method, id),
    started: (method, id) => append('S', method, id),
    finished: (method, id) => append('F', method, id),
  };
}
