/** Deleted backends that still run something: each is gone with its last attempt, or when its time is up. */

import type { Clock, Member, TimerId } from '@evenkeel/core';

export class Leaving {
  readonly #clock: Clock;
  readonly #current: (id: string) => Member | undefined;
  readonly #gone: (id: string) => void;
  /** The timers that end their time, by id. */
  readonly #timers = new Map<string, TimerId>();

  /**
   * @param current the member that an id stands for now: it may have moved to another address
   * @param gone called with each that is gone; it is not leaving any more then
   */
  constructor(
    clock: Clock,
    current: (id: string) => Member | undefined,
    gone: (id: string) => void,
  ) {
    this.#clock = clock;
    this.#current = current;
    this.#gone = gone;
  }

  get ids(): Iterable<string> {
    return this.#timers.keys();
  }

  has(id: string): boolean {
    return this.#timers.has(id);
  }

  /** @param drainMs how long its attempts may take */
  add(id: string, drainMs: number): void {
    this.delete(id);
    this.#timers.set(
      id,
      this.#clock.after(drainMs, () => this.end(id)),
    );
  }

  /** It does not leave after all, or has left already. */
  delete(id: string): void {
    this.#clock.cancel(this.#timers.get(id) ?? 0);
    this.#timers.delete(id);
  }

  /** Ends the time of one that is leaving. */
  end(id: string): void {
    if (!this.has(id)) return;
    this.delete(id);
    this.#gone(id);
  }

  /** Hears of each attempt that has ended, while the pool is still counting its end. */
  settled(member: Member): void {
    if (member.inFlight > 0 || !this.has(member.id)) return;
    this.#clock.after(0, () => {
      if (member.inFlight === 0 && this.#current(member.id) === member) this.end(member.id);
    });
  }

  close(): void {
    for (const id of [...this.ids]) this.delete(id);
  }
}
