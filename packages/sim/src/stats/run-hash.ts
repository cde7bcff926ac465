/**
 * A fingerprint of a run: of every attempt's backend and time and every request's end, in their order.
 * Two runs with the same 64 bits did the same thing; that is how a run is compared between machines,
 * and with one in a browser.
 */

const number = new Float64Array(1);
const words = new Int32Array(number.buffer);
const LOW = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 0 : 1;
const HIGH = 1 - LOW;
// Two lanes with different multipliers (those of xxHash32, Yann Collet): 64 bits in all.
const PRIME_A = 0x9e3779b1;
const PRIME_B = 0x85ebca77;

function rotated(x: number): number {
  return (x << 13) | (x >>> 19);
}

/** The hash of one run, taken in event by event. */
export class RunHash {
  #a = 1;
  #b = 2;

  /**
   * Takes in one event: a small integer and a time. Each half of the time goes into a lane of its own: whatever
   * changes in one event alone, one of the lanes is another from then on.
   */
  add(what: number, timeMs: number): void {
    number[0] = timeMs;
    this.#a = (Math.imul(rotated(this.#a ^ what), PRIME_A) + (words[LOW] as number)) | 0;
    this.#b = (Math.imul(rotated(this.#b ^ (words[HIGH] as number)), PRIME_B) + what) | 0;
  }

  /** 16 hexadecimal digits. */
  digest(): string {
    return [this.#a, this.#b].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }
}
