/**
 * The last bytes of a connection whose end is settled: they may take as long as some of them leave, and no
 * longer than a given time in which none does.
 */

import type { Wire } from '../relay/wire.ts';
import { Timer, type TimerWheel } from '../wheel.ts';

export class Lingering {
  readonly #wires: readonly Wire[];
  readonly #clock: TimerWheel;
  readonly #stillMs: number;
  readonly #timer = new Timer(() => this.#look());
  #pendingBytes: number;

  /** @param wires they close by themselves when nothing is pending */
  constructor(wires: readonly Wire[], clock: TimerWheel, stillMs: number) {
    this.#wires = wires;
    this.#clock = clock;
    this.#stillMs = stillMs;
    this.#pendingBytes = this.#pending;
    clock.arm(this.#timer, stillMs);
  }

  /** All are closed. */
  stop(): void {
    this.#clock.disarm(this.#timer);
  }

  get #pending(): number {
    return this.#wires.reduce((sum, { pendingBytes }) => sum + pendingBytes, 0);
  }

  #look(): void {
    const pending = this.#pending;
    if (pending >= this.#pendingBytes) for (const wire of this.#wires) wire.reset();
    else if (pending > 0) this.#clock.arm(this.#timer, this.#stillMs);
    this.#pendingBytes = pending;
  }
}
