/**
 * 32-bit hashing for keys and seeds: MurmurHash3 (Austin Appleby, public domain) over the UTF-8
 * form of a string, and its finaliser for integers. Chosen because it is short, spreads well
 * and gives the same value on every machine; it is not meant to withstand an attacker who
 * chooses keys, hence the seed.
 */

const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

function rotl(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}

function scramble(block: number): number {
  return Math.imul(rotl(Math.imul(block, C1), 15), C2);
}

/**
 * Murmur3's finaliser: a bijection on 32-bit integers in which every input bit moves every output
 * bit.
 */
export function mix32(x: number): number {
  let h = x | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** MurmurHash3 x86_32 of a string's UTF-8 bytes: an integer in [0, 2^32). Does not allocate. */
export function hash32(text: string, seed = 0): number {
  let h = seed | 0;
  let block = 0;
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i);
    if (code >= 0xd800 && code < 0xdc00 && i + 1 < text.length) {
      const low = text.charCodeAt(i + 1);
      if (low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        i++;
      }
    }
    const bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (let k = bytes - 1; k >= 0; k--) {
      let byte = (code >> (6 * k)) & (bytes === 1 ? 0x7f : 0x3f);
      if (bytes > 1) byte |= k < bytes - 1 ? 0x80 : (0xf00 >> bytes) & 0xff;
      block |= byte << (8 * (count & 3));
      count++;
      if ((count & 3) === 0) {
        h = (Math.imul(rotl(h ^ scramble(block), 13), 5) + 0xe6546b64) | 0;
        block = 0;
      }
    }
  }
  h ^= scramble(block);
  return mix32(h ^ count);
}
