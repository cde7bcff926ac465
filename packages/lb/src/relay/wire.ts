/** One connection as a relay uses it: bytes in and out, with backpressure, and the ways in which it ends. */

/** What a relay needs of a connection. */
export interface Wire {
  /**
   * Sends `bytes[from, to)`.
   * @param isLent the memory is used again after the call: what cannot leave at once is copied. Otherwise it
   *   stays as it is until the wire has drained
   * @returns false if more should wait until the wire has drained
   */
  write(bytes: Buffer, from: number, to: number, isLent: boolean): boolean;
  /** Says that no more is coming, behind what was written. */
  end(): void;
  /** Reads no more until `resume`. */
  pause(): void;
  resume(): void;
  /** From the next read on reads into this memory. @returns false if this wire cannot choose, or not outside of a read */
  readInto(buffer: Buffer): boolean;
  /** Bytes that the system has not taken yet. */
  readonly pendingBytes: number;
  /** Closes it when what was written has left. */
  finish(): void;
  /** Closes it at once, so that the peer can see that something is missing. */
  reset(): void;
}

/** A wire that tells what comes by it. */
export interface JoinedWire extends Wire {
  user: WireUser;
  readonly isClosed: boolean;
}

/** Hears what comes by a wire. */
export interface WireUser {
  /**
   * Bytes came in `bytes[0, length)`, valid only during the call unless the memory is one's own.
   * @param length 0, into memory of one's own only: there is nothing more for now
   */
  received(bytes: Buffer, length: number): void;
  /** The peer sends no more. */
  ended(): void;
  /** What was written has left. */
  drained(): void;
  /** It is broken, and closed. @param error as the system has it */
  failed(error: NodeJS.ErrnoException): void;
  /** It is closed, in whatever way; called once, last. */
  closed(): void;
}
