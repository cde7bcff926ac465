/** The access log: one line of JSON per request. */

import type { FrontObserver, RequestObservation, RequestRecord } from '../observer.ts';
import { type BlockWriter, openBlockWriter } from './block-writer.ts';

/**
 * Opens the log.
 * @param path a file, appended to, or `-` for standard output
 * @throws {Error} with a `code` if the file cannot be opened
 */
export async function openAccessLog(path: string): Promise<AccessLog> {
  return new AccessLog(await openBlockWriter(path));
}

/** Writes what it hears of requests. */
export class AccessLog implements FrontObserver {
  readonly #writer: BlockWriter;
  #closed: Promise<void> | undefined;

  constructor(writer: BlockWriter) {
    this.#writer = writer;
  }

  requestEnded(request: RequestRecord, observed: RequestObservation): void {
    if (this.#closed === undefined) this.#writer.write(lineOf(request, observed, Date.now()));
  }

  /** Opens the file anew, after it was moved away by a rotation. */
  reopen(): void {
    void this.#writer.reopen();
  }

  /** Writes what is left. */
  close(): Promise<void> {
    this.#closed ??= this.#writer.close();
    return this.#closed;
  }
}

/** The line of one request, which ended at `nowMs` (since 1970). */
function lineOf(request: RequestRecord, observed: RequestObservation, nowMs: number): string {
  const line = {
    time: new Date(nowMs).toISOString(),
    client: request.clientAddress,
    method: request.method,
    target: request.target,
    host: request.host,
    version: request.version,
    status: observed.status,
    bytes: observed.responseBytes,
    ms: rounded(observed.durationMs),
    firstByteMs: rounded(observed.firstByteMs),
    service: request.service,
    backend: observed.backend,
    attempts: observed.attempts,
    requestId: request.requestId,
    afterEvent: observed.afterEvent,
  };
  return `${JSON.stringify(line)}\n`;
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
