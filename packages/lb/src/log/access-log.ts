/**
 * The access log: one line of JSON per request. Lines are gathered and written in blocks, off the
 * path of the request; when the disk cannot keep up they are dropped and counted, so that the log
 * never fills the memory and never holds up a request.
 */

import { once } from 'node:events';
import { pino } from 'pino';
import type { HttpObserver, RequestRecord } from '../http1/observer.ts';

/** Gathered before a write. */
const BLOCK_BYTES = 8192;
/** Waiting for the disk at most; beyond it lines are dropped. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024;
const FLUSH_MS = 1000;
const STANDARD_OUTPUT = 1;

type Sink = ReturnType<typeof pino.destination>;

/**
 * Opens the log.
 * @param path a file, appended to, or `-` for standard output
 * @throws {Error} with a `code` if the file cannot be opened
 */
export async function openAccessLog(path: string): Promise<AccessLog> {
  const sink = pino.destination({
    dest: path === '-' ? STANDARD_OUTPUT : path,
    sync: false,
    minLength: BLOCK_BYTES,
    maxLength: WAITING_BYTES_MAX,
    periodicFlush: FLUSH_MS,
  });
  await once(sink, 'ready');
  return new AccessLog(sink, path !== '-');
}

/** Writes what it hears of requests. */
export class AccessLog implements HttpObserver {
  readonly #sink: Sink;
  readonly #isFile: boolean;
  #dropped = 0;
  #isClosed = false;
  #lastError: Error | undefined;

  constructor(sink: Sink, isFile: boolean) {
    this.#sink = sink;
    this.#isFile = isFile;
    sink.on('drop', () => {
      this.#dropped += 1;
    });
    // A full disk must not end the program; the log goes on trying.
    sink.on('error', (error: Error) => {
      this.#lastError = error;
    });
  }

  /** Lines dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  get lastError(): Error | undefined {
    return this.#lastError;
  }

  requestEnded(record: RequestRecord): void {
    this.#sink.write(lineOf(record, Date.now()));
  }

  /** Opens the file anew, after it was moved away by a rotation. */
  reopen(): void {
    if (this.#isFile) this.#sink.reopen();
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const closed = once(this.#sink, 'close');
    this.#sink.end();
    await closed;
  }
}

/** The line of one request, which ended at `nowMs` (since 1970). */
function lineOf(record: RequestRecord, nowMs: number): string {
  const line = {
    time: new Date(nowMs).toISOString(),
    client: record.clientAddress,
    method: record.method,
    target: record.target,
    host: record.host,
    version: record.version,
    status: record.status,
    bytes: record.responseBytes,
    ms: rounded(record.durationMs),
    firstByteMs: rounded(record.firstByteMs),
    service: record.service,
    backend: record.backend,
    attempts: record.attempts,
    requestId: record.requestId,
  };
  return `${JSON.stringify(line)}\n`;
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
