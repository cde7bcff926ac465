/**
 * Figures by slot that outlive membership changes: a survivor keeps its own, and whoever takes over
 * a slot starts afresh instead of inheriting a stranger's.
 */

import type { Endpoint } from '../strategy.ts';

/** Knows who holds which slot. A member is the same object for as long as it is a member. */
export class SlotHolders {
  #holders: (Endpoint | undefined)[] = [];

  /** Slots in use, holes included: the length that arrays by slot must have. */
  get length(): number {
    return this.#holders.length;
  }

  /**
   * Takes note of the members, and calls `arrived` for each that was not there before. `length` is up
   * to date by then. It never shrinks: attempts at an endpoint that has left still end.
   */
  update(members: readonly Endpoint[], arrived: (endpoint: Endpoint) => void): void {
    const before = this.#holders;
    let length = before.length;
    for (const member of members) length = Math.max(length, member.slot + 1);
    this.#holders = new Array(length).fill(undefined);
    for (const member of members) this.#holders[member.slot] = member;
    for (const member of members) if (before[member.slot] !== member) arrived(member);
  }
}

/** The same figures in an array of at least `length` cells; `fresh` in the new ones. */
export function widened(figures: Float64Array, length: number, fresh = 0): Float64Array {
  if (figures.length >= length) return figures;
  const wider = new Float64Array(length).fill(fresh);
  wider.set(figures);
  return wider;
}
