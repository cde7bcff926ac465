/**
 * Which members are ejected, and until when: one timer for the earliest end, however many failures
 * there are.
 */

import type { EjectionOptions, EjectionTerms } from '../health/ejection.ts';
import type { Clock, TimerId } from '../ports.ts';
import type { PoolMember } from './member.ts';

/** Hears of all members whose ejection ends at this moment. */
export type OnReleased = (members: readonly PoolMember[], reason: string) => void;

/** Keeps the ejected members of one pool. */
export class Ejector {
  readonly #clock: Clock;
  readonly #terms: EjectionTerms;
  readonly #onReleased: OnReleased;
  readonly #ejected = new Set<PoolMember>();
  #timer: TimerId = 0;
  #isClosed = false;

  constructor(clock: Clock, terms: EjectionTerms, onReleased: OnReleased) {
    this.#clock = clock;
    this.#terms = terms;
    this.#onReleased = onReleased;
  }

  /** @returns false where the cap, or being the last one ready, protects it */
  eject(member: PoolMember, members: readonly PoolMember[]): boolean {
    if (this.#out().length >= this.#allowed(members)) return false;
    const isOther = (m: PoolMember): boolean => m !== member && m.isHealthy && m.suspicion === '';
    if (!members.some(isOther)) return false;
    const nowMs = this.#clock.now();
    this.#terms.eject(member.slot, nowMs);
    member.charges.ejected(nowMs);
    member.isEjected = true;
    member.ejections += 1;
    this.#ejected.add(member);
    this.#arm();
    return true;
  }

  get size(): number {
    return this.#ejected.size;
  }

  /** Ends an ejection early, without telling. */
  release(member: PoolMember): void {
    if (!this.#ejected.has(member)) return;
    this.interrupt(member);
    this.endTerm(member);
    member.charges.clear();
  }

  /** The member is in again, without telling; ejected once more, it serves the rest of its term. */
  interrupt(member: PoolMember): void {
    if (!this.#ejected.delete(member)) return;
    member.isEjected = false;
    this.#arm();
  }

  /** What is left of an interrupted term is forgiven. */
  endTerm(member: PoolMember): void {
    this.#terms.release(member.slot, this.#clock.now());
  }

  /** The member has left, or its slot has a new owner. */
  forget(member: PoolMember): void {
    this.release(member);
    this.#terms.forget(member.slot);
  }

  /**
   * Interrupts the terms of those that would have been first to return: while more are out than are
   * allowed, and of one when all others have gone. A suspect is better than none.
   */
  readmit(members: readonly PoolMember[]): PoolMember[] {
    if (this.#ejected.size === 0) return [];
    const allowed = this.#allowed(members);
    const freed: PoolMember[] = [];
    const free = (member: PoolMember | undefined): void => {
      if (member === undefined) return;
      this.interrupt(member);
      freed.push(member);
    };
    for (let out = this.#out(); out.length > allowed; out = this.#out()) free(this.#earliest(out));
    // One that fails its checks and is in by fail-open counts for none.
    const isAnyLeft = members.some((m) => m.isHealthy || m.derivedState() === 'checking');
    if (!isAnyLeft) {
      free(this.#earliest(this.#out().filter((member) => member.derivedState() === 'ejected')));
    }
    return freed;
  }

  /** Ends all ejections, without telling. @returns those that were ejected */
  releaseAll(): PoolMember[] {
    const released = this.interruptAll();
    for (const member of released) {
      this.endTerm(member);
      member.charges.clear();
    }
    return released;
  }

  /** All are in again, without telling. @returns those that were ejected */
  interruptAll(): PoolMember[] {
    const released = [...this.#ejected];
    for (const member of released) this.interrupt(member);
    return released;
  }

  /** Other limits for ejections to come; those that run keep their end. */
  configure(options: EjectionOptions): void {
    this.#terms.configure(options);
  }

  close(): void {
    this.#isClosed = true;
    this.#clock.cancel(this.#timer);
  }

  #allowed(members: readonly PoolMember[]): number {
    return this.#terms.allowed(members.filter((member) => member.inService).length);
  }

  /** Those that would serve if they were not ejected, as far as an operator is concerned. */
  #out(): PoolMember[] {
    return [...this.#ejected].filter((member) => member.inService);
  }

  #earliest(ejected: Iterable<PoolMember>): PoolMember | undefined {
    let earliest: PoolMember | undefined;
    for (const member of ejected) {
      const untilMs = this.#terms.untilMs(member.slot);
      if (earliest === undefined || untilMs < this.#terms.untilMs(earliest.slot)) earliest = member;
    }
    return earliest;
  }

  #arm(): void {
    this.#clock.cancel(this.#timer);
    const next = this.#earliest(this.#ejected);
    if (next === undefined || this.#isClosed) return;
    const delayMs = Math.max(0, this.#terms.untilMs(next.slot) - this.#clock.now());
    this.#timer = this.#clock.after(delayMs, () => this.#expire());
  }

  #expire(): void {
    const nowMs = this.#clock.now();
    const due = [...this.#ejected].filter((m) => this.#terms.untilMs(m.slot) <= nowMs);
    for (const member of due) {
      this.#ejected.delete(member);
      member.isEjected = false;
      member.charges.clear();
    }
    this.#onReleased(due, 'ejection over');
    this.#arm();
  }
}
