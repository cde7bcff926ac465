/**
 * Memory from which bytes are written that came in memory which is used again at once. Nearly all writes leave
 * within the call, so one piece serves all of them; one that does not leave keeps its piece, and another is made.
 */

import { INPUT_BUFFER } from '../input-buffer.ts';

/** What waits for a slow peer is either an exchange or a part of much: two sizes, so that few bytes hold little. */
const SMALL_BYTES = 4 * 1024;

class Scratch {
  #small: Buffer = Buffer.allocUnsafeSlow(SMALL_BYTES);
  #large: Buffer = Buffer.allocUnsafeSlow(INPUT_BUFFER.length);

  /** Copies `bytes[from, to)`, at most as much as a read brings. @returns valid until the next call */
  copy(bytes: Buffer, from: number, to: number): Buffer {
    const length = to - from;
    const piece = length <= SMALL_BYTES ? this.#small : this.#large;
    bytes.copy(piece, 0, from, to);
    return piece.subarray(0, length);
  }

  /** What `copy` returned is kept. */
  giveAway(copy: Buffer): void {
    if (copy.length <= SMALL_BYTES) this.#small = Buffer.allocUnsafeSlow(SMALL_BYTES);
    else this.#large = Buffer.allocUnsafeSlow(INPUT_BUFFER.length);
  }
}

export const SCRATCH: Scratch = new Scratch();
