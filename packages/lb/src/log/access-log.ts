/** The access log: one line of JSON per request. */

import type { Clock, TimerId } from '@evenkeel/core';
import type { FrontObserver, RequestObservation, RequestRecord } from '../observer.ts';
import { jsonLine } from './escape.ts';
import { LineWriter } from './line-writer.ts';
import type { ProgramLog } from './program-log.ts';

/** How often it is told that lines were dropped, if any were. */
const REPORT_MS = 60_000;

/** What an access log is made with. */
export interface AccessLogOptions {
  /** A file, appended to, or `-` for standard output. */
  readonly path: string;
  readonly clock: Clock;
  /** Is told of dropped lines. */
  readonly log?: Pick<ProgramLog, 'warn'> | undefined;
}

/** Writes a line for each request that it hears of. */
export class AccessLog implements FrontObserver {
  readonly #options: AccessLogOptions;
  readonly #writer: LineWriter;
  #timer: TimerId;
  #reported = 0;
  #closed: Promise<void> | undefined;

  /** @throws {Error} with a `code` if the file cannot be opened */
  constructor(options: AccessLogOptions) {
    this.#options = options;
    this.#writer = new LineWriter(options.path);
    this.#timer = this.#reportLater();
  }

  /** Lines that could not be written, since the start. */
  get dropped(): number {
    return this.#writer.dropped;
  }

  requestEnded(request: RequestRecord, observed: RequestObservation): void {
    if (this.#closed === undefined) this.#writer.write(lineOf(request, observed, Date.now()));
  }

  /**
   * Opens the file anew, after it was moved away by a rotation.
   * @throws {Error} with a `code` if it cannot be opened; the old file is then kept
   */
  reopen(): void {
    if (this.#closed === undefined) this.#writer.reopen();
  }

  /** Writes what is left, within that time. */
  close(timeoutMs: number): Promise<void> {
    this.#closed ??= this.#close(timeoutMs);
    return this.#closed;
  }

  async #close(timeoutMs: number): Promise<void> {
    this.#options.clock.cancel(this.#timer);
    const isComplete = await this.#writer.close(timeoutMs);
    if (!isComplete) this.#options.log?.warn('access log: the last lines could not be written');
    this.#report();
  }

  #reportLater(): TimerId {
    return this.#options.clock.after(REPORT_MS, () => {
      this.#report();
      this.#timer = this.#reportLater();
    });
  }

  #report(): void {
    const dropped = this.dropped - this.#reported;
    if (dropped === 0) return;
    this.#reported = this.dropped;
    this.#options.log?.warn(
      `access log: ${dropped} lines were dropped, ${this.#reported} since the start: ` +
        'the file or reader is too slow or full',
    );
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
    end: observed.end,
    reason: observed.reason,
    requestId: request.requestId,
    afterEvent: observed.afterEvent,
  };
  return `${jsonLine(line)}\n`;
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
