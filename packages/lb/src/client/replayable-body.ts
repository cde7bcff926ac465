/**
 * A request's body that can be sent again: a stream gives its bytes once, so what it has given is kept, up to a
 * limit. Beyond the limit the body can be sent once only, and the request is not repeated.
 */

import type { Readable } from 'node:stream';

/** What undici takes as a body. */
export type Body = string | Buffer | Uint8Array | Readable | AsyncIterable<Uint8Array> | null;

/** One body, over all attempts. */
export class ReplayableBody {
  readonly #source: Body;
  readonly #bytesMax: number;
  readonly #kept: Uint8Array[] = [];
  #keptBytes = 0;
  #isKept = true;
  #isBroken = false;
  #rest: AsyncIterator<Uint8Array> | undefined;

  /** @param bytesMax how much is kept */
  constructor(source: Body, bytesMax: number) {
    this.#source = source;
    this.#bytesMax = bytesMax;
  }

  /** All of it can still be sent, from its beginning. */
  get isReplayable(): boolean {
    return this.#isKept;
  }

  /** The source failed: no backend is to blame. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** The body for the next attempt; the one before must have ended. */
  next(): string | Uint8Array | AsyncIterable<Uint8Array> | null {
    const source = this.#source;
    if (source === null || typeof source === 'string' || source instanceof Uint8Array)
      return source;
    return this.#bytes(source as AsyncIterable<Uint8Array>);
  }

  async *#bytes(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    yield* [...this.#kept];
    this.#rest ??= source[Symbol.asyncIterator]();
    // By hand: leaving a `for await` when an attempt fails would end the source.
    for (;;) {
      const part = await this.#read(this.#rest);
      if (part.done === true) return;
      this.#keep(part.value);
      yield part.value;
    }
  }

  async #read(rest: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
    try {
      return await rest.next();
    } catch (error) {
      this.#isBroken = true;
      throw error;
    }
  }

  #keep(bytes: Uint8Array): void {
    this.#keptBytes += bytes.length;
    if (this.#keptBytes > this.#bytesMax) {
      this.#isKept = false;
      this.#kept.length = 0;
    }
    if (this.#isKept) this.#kept.push(bytes);
  }
}
