/**
 * Memory for connections that move much: with a large buffer of its own a transfer costs half of what it
 * does by the small one that all share, since each read and write moves more and nothing is copied. All
 * such buffers together have one limit; beyond it transfers go by the shared one.
 */

/** At 256 KiB a transfer takes a tenth more CPU, at 1 MiB it does not take less. */
const BUFFER_BYTES = 512 * 1024;
/** 128 directions at once. */
const BYTES_MAX = 64 * 1024 * 1024;

export class BulkBuffers {
  readonly #free: Buffer[] = [];
  readonly #mostBuffers: number;
  #made = 0;

  constructor(bytesMax: number = BYTES_MAX) {
    this.#mostBuffers = Math.floor(bytesMax / BUFFER_BYTES);
  }

  /** A buffer, to be given back; undefined: all are in use. */
  take(): Buffer | undefined {
    const free = this.#free.pop();
    if (free !== undefined || this.#made >= this.#mostBuffers) return free;
    this.#made++;
    return Buffer.allocUnsafeSlow(BUFFER_BYTES);
  }

  give(buffer: Buffer): void {
    this.#free.push(buffer);
  }

  /** Buffers in use. */
  get inUse(): number {
    return this.#made - this.#free.length;
  }
}

/** Those of this process. */
export const BULK_BUFFERS: BulkBuffers = new BulkBuffers();
