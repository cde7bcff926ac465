/**
 * The seeded generator behind every random choice: sfc32 (Chris Doty-Humphrey, PractRand), chosen
 * because it is four integer additions per draw, passes PractRand and BigCrush, and needs only
 * 32-bit integer arithmetic, which every JavaScript engine computes alike.
 */

import { hash32, mix32 } from './hash.ts';
import type { Random } from './ports.ts';

const WARM_UP_DRAWS = 12;

class Sfc32 implements Random {
  readonly #seed: number;
  readonly #path: string;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, path: string) {
    this.#seed = seed;
    this.#path = path;
    this.#a = mix32(seed);
    this.#b = hash32(path, seed);
    this.#c = mix32(this.#b ^ 0x9e3779b9) | 0;
    for (let i = 0; i < WARM_UP_DRAWS; i++) this.#draw();
  }

  #draw(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + result;
    this.#c |= 0;
    return result >>> 0;
  }

  next(): number {
    return this.#draw() / 0x1_0000_0000;
  }

  /** As so many calls of `next`, with the state in local variables. */
  fill(target: Float64Array): void {
    let a = this.#a | 0;
    let b = this.#b | 0;
    let c = this.#c | 0;
    let counter = this.#counter | 0;
    for (let i = 0; i < target.length; i++) {
      const result = (a + b + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + result) | 0;
      target[i] = (result >>> 0) / 0x1_0000_0000;
    }
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#counter = counter;
  }

  below(n: number): number {
    return Math.floor((this.#draw() / 0x1_0000_0000) * n);
  }

  fork(name: string): Random {
    return new Sfc32(this.#seed, `${this.#path}/${name}`);
  }
}

/**
 * Fills `target` with the next numbers of a stream: the very ones that calls of `next` would give,
 * several times as fast for a seeded stream.
 */
export function fillUniform(random: Random, target: Float64Array): void {
  if (random instanceof Sfc32) random.fill(target);
  else for (let i = 0; i < target.length; i++) target[i] = random.next();
}

/** A reproducible stream of random numbers; `seed` is an integer in [0, 2^32). */
export function seededRandom(seed: number): Random {
  return new Sfc32(seed >>> 0, '');
}
