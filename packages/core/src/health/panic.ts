/**
 * Panic: when too few endpoints are healthy, those that are merely suspected are asked as well. Either
 * the checks are wrong about many, or the healthy ones alone would be overrun.
 */

/** When a fleet, or one priority level of it, is in a panic. One that throws sees none, and the error is reported. */
export interface PanicRule {
  /**
   * Asked after every change of state; no side effect.
   * @param ready healthy endpoints: up, and not ejected
   * @param total all that no operator has taken out; ≥ `ready`
   */
  inPanic(ready: number, total: number): boolean;
}

/** Fewer than `percent` of all are healthy; never where there are none at all, or `percent` is 0. */
export function panicBelow(percent: number): PanicRule {
  return { inPanic: (ready, total) => total > 0 && ready * 100 < total * percent };
}
