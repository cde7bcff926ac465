/**
 * A map that keeps the keys used most recently, in bounded memory. Two generations: when the young one is
 * full it becomes the old one, and what was in the old one and has not been used since is forgotten. Each
 * call costs a look-up or two, whatever was forgotten; a list by age would cost more on every hit.
 */
export class RecentKeys<V> {
  readonly #keysMax: number;
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  /** @param keysMax most keys that are remembered at once, at least 1 */
  constructor(keysMax: number) {
    this.#keysMax = keysMax;
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: string): V | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  set(key: string, value: V): void {
    if (!this.#young.has(key)) {
      this.#old.delete(key);
      if (this.#young.size >= this.#keysMax / 2) this.turn();
      // With a limit of 1 the two would hold a key each.
      if (this.size >= this.#keysMax) this.#old.clear();
    }
    this.#young.set(key, value);
  }

  /** Forgets what has not been used since the last turn. */
  turn(): void {
    this.#old = this.#young;
    this.#young = new Map();
  }
}
