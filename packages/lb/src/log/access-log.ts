/** The access log: a line per request, in mode tcp per connection, or per request of a sample and each one that failed. */

import type { Clock, Random, TimerId } from '@evenkeel/core';
import type {
  ConnectionRecord,
  FrontObserver,
  RequestObservation,
  RequestRecord,
} from '../observer.ts';
import { connectionLine } from './connection-line.ts';
import { type LineFormat, LOGGED_FIELDS, lineFormat } from './line-formats.ts';
import { LineWriter } from './line-writer.ts';
import type { ProgramLog } from './program-log.ts';

/** How often it is told that lines were dropped, if any were. */
const REPORT_MS = 60_000;

/** From here on a request with a reason has failed; backends' own answers only from the other. */
const ERRORS_FROM = 400;
const SERVER_ERRORS_FROM = 500;

/** What an access log is made with. */
export interface AccessLogOptions {
  /** A file, appended to, or `-` for standard output. */
  readonly file: string;
  /** `json`, `combined`, or a template that has been checked. */
  readonly format: string;
  /** Share of the requests that get a line, 0 to 1; those that failed get one always. */
  readonly sample: number;
  readonly clock: Clock;
  /** Draws the sample. */
  readonly random: Random;
  /** Is told of dropped lines. */
  readonly log?: Pick<ProgramLog, 'warn'> | undefined;
}

/** Writes a line for each request that it is given. */
export class AccessLog implements FrontObserver {
  readonly #options: AccessLogOptions;
  readonly #writer: LineWriter;
  readonly #lineOf: LineFormat;
  #timer: TimerId;
  #reported = 0;
  #closed: Promise<void> | undefined;

  /** @throws {Error} with a `code` if the file cannot be opened */
  constructor(options: AccessLogOptions) {
    this.#options = options;
    this.#lineOf = lineFormat(options.format);
    this.#writer = new LineWriter(options.file);
    this.#timer = this.#reportLater();
  }

  get requestFields(): readonly string[] {
    return LOGGED_FIELDS;
  }

  /** Lines that could not be written, since the start. */
  get dropped(): number {
    return this.#writer.dropped;
  }

  requestEnded(request: RequestRecord, observed: RequestObservation): void {
    if (this.#closed !== undefined || !this.#isLogged(observed)) return;
    this.#writer.write(this.#lineOf(request, observed, Date.now()));
  }

  #isLogged({ reason, status }: RequestObservation): boolean {
    const { sample, random } = this.#options;
    if (sample === 1 || status >= SERVER_ERRORS_FROM) return true;
    return (reason !== '' && status >= ERRORS_FROM) || random.next() < sample;
  }

  connectionEnded(record: ConnectionRecord): void {
    const { sample, random } = this.#options;
    const isLogged = sample === 1 || record.reason !== '' || random.next() < sample;
    if (this.#closed === undefined && isLogged)
      this.#writer.write(connectionLine(record, Date.now()));
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
