/**
 * A binary min-heap of slots that knows where each slot stands, so that one whose key has changed
 * can be moved in O(log n). Keys are (bound, turn): the least bound first, of equals the earlier
 * turn. All in typed arrays: nothing is allocated once the heap has its size.
 */

import { widened } from './slots.ts';

const ABSENT = -1;

/** Used by least-connections-indexed alone, which says what the keys mean. */
export class IndexedHeap {
  #bounds: Float64Array = new Float64Array(0);
  #turns: Float64Array = new Float64Array(0);
  /** Slots in heap order; the first `#size` count. */
  #order: Int32Array = new Int32Array(0);
  /** By slot: its index in `#order`, or ABSENT. */
  #places: Int32Array = new Int32Array(0);
  #size = 0;

  /** Makes room for slots 0 … `slots` − 1. */
  reserve(slots: number): void {
    this.#bounds = widened(this.#bounds, slots);
    this.#turns = widened(this.#turns, slots);
  }

  bound(slot: number): number {
    return this.#bounds[slot] as number;
  }

  turn(slot: number): number {
    return this.#turns[slot] as number;
  }

  /** The slot at a node of the heap (children of i: 2i + 1 and 2i + 2), or −1 beyond its end. */
  slotAt(node: number): number {
    return node < this.#size ? (this.#order[node] as number) : ABSENT;
  }

  /** Sets half of a key; follow it by `moved` or `rebuild`. */
  setBound(slot: number, bound: number): void {
    this.#bounds[slot] = bound;
  }

  /** Sets the other half. */
  setTurn(slot: number, turn: number): void {
    this.#turns[slot] = turn;
  }

  /** Exactly these slots, by their present keys. */
  rebuild(slots: readonly number[]): void {
    this.#order = Int32Array.from(slots);
    this.#places = new Int32Array(this.#bounds.length).fill(ABSENT);
    this.#size = slots.length;
    for (const [place, slot] of slots.entries()) this.#places[slot] = place;
    for (let place = (this.#size >> 1) - 1; place >= 0; place--) this.#sink(place);
  }

  /** Puts a slot whose key has changed in its place; one that is not in the heap is left out. */
  moved(slot: number): void {
    const place = this.#places[slot] as number;
    if (place === ABSENT) return;
    this.#rise(place);
    this.#sink(this.#places[slot] as number);
  }

  #precedes(a: number, b: number): boolean {
    const boundA = this.#bounds[a] as number;
    const boundB = this.#bounds[b] as number;
    if (boundA !== boundB) return boundA < boundB;
    return (this.#turns[a] as number) < (this.#turns[b] as number);
  }

  #put(place: number, slot: number): void {
    this.#order[place] = slot;
    this.#places[slot] = place;
  }

  #rise(from: number): void {
    const order = this.#order;
    const slot = order[from] as number;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = order[parent] as number;
      if (!this.#precedes(slot, above)) break;
      this.#put(place, above);
      place = parent;
    }
    this.#put(place, slot);
  }

  #sink(from: number): void {
    const order = this.#order;
    const slot = order[from] as number;
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size) {
        if (this.#precedes(order[child + 1] as number, order[child] as number)) child += 1;
      }
      const below = order[child] as number;
      if (!this.#precedes(below, slot)) break;
      this.#put(place, below);
      place = child;
    }
    this.#put(place, slot);
  }
}
