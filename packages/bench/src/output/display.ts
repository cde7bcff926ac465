/**
 * What the user sees while something runs: on a terminal one line that is drawn over and over, in a
 * file or a pipe plain lines, and nothing at all where standard output has to hold JSON alone.
 */

import type { WriteStream } from 'node:tty';

const BAR_CELLS = 24;
const CLEAR_LINE = '\r\x1b[2K';

export interface Display {
  /** The state of affairs, replaced by the next one; `share` of the present part that is done. */
  status(text: string, share: number): void;
  /** Something happened: a line of its own where there is no live line, else nothing. */
  step(text: string): void;
  /** A line that stays. */
  line(text: string): void;
  /** Whether colours may be used. */
  readonly colour: boolean;
}

export const silent: Display = { status() {}, step() {}, line() {}, colour: false };

/** The display that suits `--json FILE` and `--markdown FILE`: silent where standard output belongs to one of them. */
export function displayFor(...files: readonly (string | undefined)[]): Display {
  return files.includes('-') ? silent : displayOn(process.stdout);
}

/** For a terminal or any other stream. `NO_COLOR` is honoured. */
export function displayOn(stream: WriteStream | NodeJS.WritableStream): Display {
  const live = 'isTTY' in stream && stream.isTTY === true;
  return live ? new LiveDisplay(stream as WriteStream) : new PlainDisplay(stream);
}

class PlainDisplay implements Display {
  readonly colour = false;
  readonly #stream: NodeJS.WritableStream;

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream;
  }

  status(): void {}

  step(text: string): void {
    this.line(text);
  }

  line(text: string): void {
    this.#stream.write(`${text}\n`);
  }
}

class LiveDisplay implements Display {
  readonly colour: boolean = process.env.NO_COLOR === undefined;
  readonly #stream: WriteStream;
  #status = '';

  constructor(stream: WriteStream) {
    this.#stream = stream;
  }

  status(text: string, share: number): void {
    const filled = Math.round(Math.min(1, Math.max(0, share)) * BAR_CELLS);
    const bar = '━'.repeat(filled) + '─'.repeat(BAR_CELLS - filled);
    this.#status = `${bar} ${text}`.slice(0, this.#stream.columns - 1);
    this.#stream.write(CLEAR_LINE + this.#status);
  }

  step(): void {}

  line(text: string): void {
    this.#stream.write(`${CLEAR_LINE}${text}\n`);
  }
}
