/**
 * Writes lines to a file or to standard output without holding up the program: sonic-boom writes
 * in the background and keeps at most a bounded number of bytes; when the disk or the reader cannot keep
 * up, lines are dropped and counted.
 *
 * Lines are joined to blocks here, because sonic-boom measures all that it holds at each write: one
 * write per line costs 2 to 5 µs, one per block next to nothing.
 */

import { constants, openSync } from 'node:fs';
import sonicBoom from 'sonic-boom';

const { SonicBoom } = sonicBoom;
type Destination = InstanceType<typeof SonicBoom>;

/** A block is handed over at this length, in UTF-16 units. */
const BLOCK_LENGTH = 16_384;
const WRITE_BYTES_MAX = 65_536;
/** Kept while the destination is not ready for it. */
const WAITING_BYTES_MAX = 8 * 1024 * 1024;
/** The longest time that a line waits for its block to fill. */
const FLUSH_MS = 1000;
/** How long a file that was rotated away may take for its last lines. */
const LAST_LINES_MS = 10_000;

const STANDARD_OUTPUT = 1;
/** Never blocks: a named pipe without a reader must not stop a thread. */
const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NONBLOCK;

/** Writes lines in the order in which they come. */
export class LineWriter {
  readonly #path: string;
  readonly #timer: NodeJS.Timeout;
  #destination: Destination;
  #block = '';
  #dropped = 0;

  /**
   * @param path a file, appended to, or `-` for standard output
   * @throws {Error} with a `code` if the file cannot be opened
   */
  constructor(path: string) {
    this.#path = path;
    this.#destination = this.#open();
    this.#timer = setInterval(() => this.#flush(), FLUSH_MS);
    this.#timer.unref();
  }

  /** Lines that were not written and will not be. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes a line, which ends with its own line feed. */
  write(line: string): void {
    this.#block += line;
    if (this.#block.length >= BLOCK_LENGTH) this.#hand();
  }

  /**
   * Goes on in a new file of the same name, after the old one was moved away. Lines written before go
   * to the old file, all others to the new one.
   * @throws {Error} with a `code` if the new file cannot be opened; the old one is then kept
   */
  reopen(): void {
    if (this.#path === '-') return;
    const next = this.#open();
    this.#hand();
    const old = this.#destination;
    this.#destination = next;
    void ended(old, LAST_LINES_MS);
  }

  /**
   * Writes what waits. Nothing may be written afterwards.
   * @param timeoutMs after this time the lines that are left are dropped
   * @returns whether all were written
   */
  close(timeoutMs: number): Promise<boolean> {
    clearInterval(this.#timer);
    this.#hand();
    return ended(this.#destination, timeoutMs);
  }

  #open(): Destination {
    if (this.#path !== '-') return this.#onto(openSync(this.#path, APPEND, 0o666));
    // Node makes a pipe non-blocking when its stream is made; a write to a full one must not block.
    void process.stdout;
    return this.#onto(STANDARD_OUTPUT);
  }

  #onto(fd: number): Destination {
    const destination = new SonicBoom({
      fd,
      maxWrite: WRITE_BYTES_MAX,
      maxLength: WAITING_BYTES_MAX,
      sync: false,
    });
    // A full disk or a reader that left: what waits is tried again with the next block.
    destination.on('error', () => {});
    destination.on('drop', (lines) => {
      this.#dropped += lines.split('\n').length - 1;
    });
    return destination;
  }

  #hand(): void {
    const block = this.#block;
    this.#block = '';
    if (block !== '') this.#destination.write(block);
  }

  #flush(): void {
    this.#hand();
    this.#destination.flush();
  }
}

/** Closes a destination once it has written what it holds. @returns whether it has */
async function ended(destination: Destination, timeoutMs: number): Promise<boolean> {
  let isComplete = true;
  const giveUp = (): void => {
    isComplete = false;
    destination.destroy();
  };
  const closed = new Promise<void>((resolve) => destination.once('close', resolve));
  destination.on('error', giveUp);
  destination.end();
  const timer = setTimeout(giveUp, timeoutMs);
  await closed;
  clearTimeout(timer);
  return isComplete;
}
