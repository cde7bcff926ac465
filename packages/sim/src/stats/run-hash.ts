/**
 * A fingerprint of a run: of every attempt's backend and time and every request's end, in their order.
 * Two runs with the same 64 bits did the same thing; that is how a run is compared between machines,
 * and with one in a browser.
 */

const number = new Float64Array(1);
const words = new Int32Array(number.buffer);
// Two lanes with different multipliers (those of xxHash32, Yann Collet): 64 bits in all.
const PRIME_A = 0x9e3779b1;
const PRIME_B = 0x85ebca77;

function rotated(x: number): number {
  return (x << 13) | (x >>> 19);
}

/** See above. */
export class RunHash {
  #a = 1;
  #b = 2;

  /** Takes in one event: a small integer and a time. Byte order does not matter: both words are mixed alike. */
  add(what: number, timeMs: number): void {
    number[0] = timeMs;
    const time = (words[0] as number) ^ (words[1] as number);
    this.#a = (Math.imul(rotated(this.#a ^ what), PRIME_A) + time) | 0;
    this.#b = (Math.imul(rotated(this.#b ^ time), PRIME_B) + what) | 0;
  }

  /** 16 hexadecimal digits. */
  digest(): string {
    return [this.#a, this.#b].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }
}
