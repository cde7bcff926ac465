/**
 * Writes lines in blocks: gathered in memory, handed to the system one block at a time, off the path
 * of whoever writes. What waits is bounded; when the disk cannot keep up, or is full, lines are
 * dropped and counted, so that a log never fills the memory and never holds anybody up.
 */

import { type FileHandle, open } from 'node:fs/promises';

/** Gathered before a write, in UTF-16 units: the order of magnitude is what matters. */
const BLOCK_LENGTH = 16_384;
/** Waiting for the disk at most. */
const WAITING_LENGTH_MAX = 8 * 1024 * 1024;
/** The longest that a line waits for its block to fill. */
const FLUSH_MS = 1000;

/** Where blocks go. */
interface Sink {
  write(block: string): Promise<void>;
  reopen(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a writer.
 * @param path a file, appended to, or `-` for standard output
 * @throws {Error} with a `code` if the file cannot be opened
 */
export async function openBlockWriter(path: string): Promise<BlockWriter> {
  return new BlockWriter(path === '-' ? STANDARD_OUTPUT : await openFile(path));
}

/** See above. */
export class BlockWriter {
  readonly #sink: Sink;
  readonly #timer: NodeJS.Timeout;
  #waiting: string[] = [];
  #waitingLength = 0;
  #dropped = 0;
  /** Writes and reopenings, one after the other. */
  #work: Promise<void> = Promise.resolve();
  #isFlushing = false;

  constructor(sink: Sink) {
    this.#sink = sink;
    this.#timer = setInterval(() => this.#flush(), FLUSH_MS);
    this.#timer.unref();
  }

  /** Lines that were not written. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes a line, which ends with its own line feed. */
  write(line: string): void {
    if (this.#waitingLength + line.length > WAITING_LENGTH_MAX) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(line);
    this.#waitingLength += line.length;
    if (this.#waitingLength >= BLOCK_LENGTH) this.#flush();
  }

  /** Goes on in a new file of the same name, after the old one was moved away. */
  reopen(): Promise<void> {
    this.#flush();
    // If the new file cannot be opened the old one is kept.
    this.#work = this.#work.then(() => this.#sink.reopen()).catch(() => {});
    return this.#work;
  }

  /** Writes what waits. Nothing may be written afterwards. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#flush();
    await this.#work;
    await this.#sink.close();
  }

  #flush(): void {
    if (this.#isFlushing || this.#waiting.length === 0) return;
    this.#isFlushing = true;
    this.#work = this.#work.then(() => this.#drain());
  }

  /** One block after the other, until none waits. */
  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      this.#waitingLength = 0;
      try {
        await this.#sink.write(lines.join(''));
      } catch {
        // A full disk: the next block may find room again.
        this.#dropped += lines.length;
      }
    }
    this.#isFlushing = false;
  }
}

const STANDARD_OUTPUT: Sink = {
  write: (block) =>
    new Promise((resolve, reject) => {
      process.stdout.write(block, (error) => (error ? reject(error) : resolve()));
    }),
  reopen: async () => {},
  close: async () => {},
};

async function openFile(path: string): Promise<Sink> {
  let file: FileHandle = await open(path, 'a');
  return {
    write: (block) => file.appendFile(block),
    async reopen() {
      const old = file;
      file = await open(path, 'a');
      await old.close();
    },
    close: () => file.close(),
  };
}
