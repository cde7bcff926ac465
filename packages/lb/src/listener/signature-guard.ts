/**
 * Watches the first bytes of a connection that must not begin with a PROXY header: its peer is none that may
 * speak for others. Nothing is held back for it, since a protocol may well begin as a signature does; a
 * connection is refused before the signature is complete at its backend.
 */

/** How a header of text begins. */
export const V1_SIGNATURE: Buffer = Buffer.from('PROXY ', 'latin1');
/** How a binary header begins. */
export const V2_SIGNATURE: Buffer = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');

export class SignatureGuard {
  #seen: Buffer = Buffer.alloc(0);
  #isOver = false;
  readonly #refused: () => void;

  /** @param refused called when the connection is not admitted */
  constructor(refused: () => void) {
    this.#refused = refused;
  }

  /** Sees `bytes[from, to)`, which came next. @returns false if the connection begins with a signature */
  admits(bytes: Buffer, from: number, to: number): boolean {
    if (this.#isOver) return true;
    const missing = V2_SIGNATURE.length - this.#seen.length;
    this.#seen = Buffer.concat([this.#seen, bytes.subarray(from, Math.min(to, from + missing))]);
    if (begins(this.#seen, V1_SIGNATURE) || begins(this.#seen, V2_SIGNATURE)) {
      this.#refused();
      return false;
    }
    this.#isOver = !mayBegin(this.#seen, V1_SIGNATURE) && !mayBegin(this.#seen, V2_SIGNATURE);
    return true;
  }
}

/** Whether `bytes` begin with `signature`. */
export function begins(bytes: Buffer, signature: Buffer): boolean {
  return bytes.length >= signature.length && mayBegin(bytes, signature);
}

/** Whether more bytes could make these begin with `signature`, or they do. */
export function mayBegin(bytes: Buffer, signature: Buffer): boolean {
  const length = Math.min(bytes.length, signature.length);
  return bytes.subarray(0, length).equals(signature.subarray(0, length));
}
