/** MurmurHash3 against its published vectors and against a second implementation over bytes. */

import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { hash32, mix32 } from './hash.ts';

/** MurmurHash3 x86_32 as its author wrote it: over bytes, four at a time, then the tail. */
function murmur3(bytes: Uint8Array, seed: number): number {
  const scramble = (k: number): number => {
    const m = Math.imul(k, 0xcc9e2d51);
    return Math.imul((m << 15) | (m >>> 17), 0x1b873593);
  };
  let h = seed;
  const whole = bytes.length - (bytes.length % 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < whole; i += 4) {
    h ^= scramble(view.getUint32(i, true));
    h = (h << 13) | (h >>> 19);
    h = (Math.imul(h, 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let i = bytes.length - 1; i >= whole; i--) tail = (tail << 8) | bytes[i]!;
  h ^= scramble(tail) ^ bytes.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

describe('hash32', () => {
  test.each([
    ['', 0, 0],
    ['', 1, 0x514e28b7],
    ['', 0xffffffff, 0x81f16f39],
    ['a', 0x9747b28c, 0x7fa09ea6],
    ['aa', 0x9747b28c, 0x5d211726],
    ['aaa', 0x9747b28c, 0x283e0130],
    ['aaaa', 0x9747b28c, 0x5a97808a],
    ['ab', 0x9747b28c, 0x74875592],
    ['abc', 0x9747b28c, 0xc84a62dd],
    ['abcd', 0x9747b28c, 0xf0478627],
    ['test', 0, 0xba6bd213],
    ['test', 0x9747b28c, 0x704b81dc],
    ['Hello, world!', 0, 0xc0363e43],
    ['Hello, world!', 0x9747b28c, 0x24884cba],
    ['The quick brown fox jumps over the lazy dog', 0, 0x2e4ff723],
    ['The quick brown fox jumps over the lazy dog', 0x9747b28c, 0x2fa826cd],
    ['ππππππππ', 0x9747b28c, 0xd58063c1],
  ])('of %j with seed %i is the published value', (text, seed, hash) => {
    expect(hash32(text, seed)).toBe(hash);
  });

  test.prop([fc.string({ unit: 'grapheme' }), fc.integer()])(
    'is that of the UTF-8 bytes, whatever the script',
    (text, seed) => {
      expect(hash32(text, seed)).toBe(murmur3(new TextEncoder().encode(text), seed));
    },
  );

  /** UTF-8 where there is one; a half of a surrogate pair as the three bytes of its number. */
  function bytesOf(text: string): Uint8Array {
    return Uint8Array.from(
      [...text].flatMap((character) => {
        const code = character.codePointAt(0)!;
        if (code < 0x80) return [code];
        if (code < 0x800) return [0xc0 | (code >> 6), 0x80 | (code & 0x3f)];
        const last = [0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
        if (code < 0x10000) return [0xe0 | (code >> 12), ...last];
        return [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), ...last];
      }),
    );
  }

  const edges = [0x61, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000];

  test.prop([fc.array(fc.constantFrom(...edges, 0xffff), { maxLength: 6 })], { numRuns: 1_000 })(
    'and so at the edges of each length, with pairs torn apart',
    (codes) => {
      const text = String.fromCharCode(...codes);
      expect(hash32(text)).toBe(murmur3(bytesOf(text), 0));
    },
  );

  test.each(['é', '€', '😀', 'a😀b', '\u{10ffff}', '\u07ff\u0800\uffff'])('also of %j', (text) => {
    expect(hash32(text)).toBe(murmur3(new TextEncoder().encode(text), 0));
  });

  test('has the seed 0 unless told otherwise', () => {
    expect(hash32('key')).toBe(hash32('key', 0));
    expect(hash32('key')).not.toBe(hash32('key', 1));
  });

  test.prop([fc.string({ unit: 'binary' }), fc.integer()])(
    'is an integer in [0, 2^32), for halves of surrogate pairs too',
    (text, seed) => {
      const hash = hash32(text, seed);
      expect(Number.isInteger(hash) && hash >= 0 && hash < 2 ** 32).toBe(true);
    },
  );

  test('tells halves of surrogate pairs apart', () => {
    const halves = ['\ud83d', '\ude00', '\ud83d\ud83d', '\ude00\ud83d', '\ud83dx', '😀'];
    expect(new Set(halves.map((text) => hash32(text))).size).toBe(halves.length);
  });
});

describe('mix32', () => {
  test('is the finaliser: hash32 of nothing is mix32 of its seed', () => {
    for (const seed of [0, 1, 2, 0x7fffffff, 0x80000000, 0xffffffff]) {
      expect(mix32(seed)).toBe(hash32('', seed));
    }
  });

  test('never gives one value twice', () => {
    const values = new Set<number>();
    for (let i = 0; i < 100_000; i++) values.add(mix32(i));
    expect(values.size).toBe(100_000);
  });

  test('is the same for a number and its 32-bit signed form', () => {
    expect(mix32(-1)).toBe(mix32(0xffffffff));
  });

  test('every input bit moves every output bit about half the time', () => {
    const TRIES = 2_000;
    for (let input = 0; input < 32; input++) {
      const flips = new Array<number>(32).fill(0);
      for (let i = 0; i < TRIES; i++) {
        const x = Math.imul(i, 0x9e3779b1);
        const changed = mix32(x) ^ mix32(x ^ (1 << input));
        for (let output = 0; output < 32; output++) flips[output]! += (changed >>> output) & 1;
      }
      for (const count of flips) {
        expect(count / TRIES).toBeGreaterThan(0.4);
        expect(count / TRIES).toBeLessThan(0.6);
      }
    }
  });
});
