/**
 * Figures by slot that outlive membership changes: a survivor keeps its own, and an endpoint
 * that takes over a slot starts with none of its predecessor's.
 */

import type { Endpoint } from '../strategy.ts';

/**
 * Knows which endpoint holds which slot. A member is the same object for as long as it is a member.
 */
export class SlotHolders {
  #holders: (Endpoint | undefined)[] = [];

  /** Slots in use, holes included: the length that arrays by slot must have. */
  get length(): number {
    return this.#holders.length;
  }

  /**
   * Takes note of the members, and calls `arrived`, when `length` is up to date, for each new one.
   */
  update(members: readonly Endpoint[], arrived: (endpoint: Endpoint) => void): void {
    const before = this.#holders;
    this.#holders = [];
    for (const member of members) this.#holders[member.slot] = member;
    for (const member of members) if (before[member.slot] !== member) arrived(member);
  }
}

/**
 * The same figures in an array of at least `length` cells, 0 in the new ones. It never shrinks:
 * attempts at an endpoint that has left still end.
 */
export function widened(figures: Float64Array, length: number): Float64Array {
  if (figures.length >= length) return figures;
  const wider = new Float64Array(length);
  wider.set(figures);
  return wider;
}
