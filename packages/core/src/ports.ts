/**
 * The only two ways from core to the outside world. The proxy brings a monotonic clock and a
 * seed, the simulator its event queue, a test whatever it wants to prove. Nothing in core reads
 * the time, draws a number or starts a timer in any other way: that is why one seed always gives
 * one behaviour.
 */

/** A running timer, as handed out by `Clock.after`. Never 0, so that 0 can mean "none". */
export type TimerId = number;

/** Monotonic time in milliseconds, fractions allowed. */
export interface Clock {
  /** Milliseconds since an arbitrary fixed point. Never goes back. */
  now(): number;
  /** Calls `fire` once, `delayMs` (≥ 0) from now, never synchronously. */
  after(delayMs: number, fire: () => void): TimerId;
  /** Stops a timer. Unknown, fired and already cancelled ids are ignored. */
  cancel(id: TimerId): void;
}

/** A stream of random numbers. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A uniform integer in [0, n), for n in 1 … 2^31. */
  below(n: number): number;
  /**
   * A stream of its own that depends on this one's seed and the name alone: forking draws nothing
   * from this stream, so that changing one consumer leaves all others as they were.
   */
  fork(name: string): Random;
}
