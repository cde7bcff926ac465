/** What the supervisor tells of a backend. */

import type { BackendStats, StandingFault } from '../messages.ts';

/** `starting`: the process is there and does not listen yet. */
export type MemberState = 'starting' | 'running' | 'frozen' | 'dead';

/** A backend as `GET /backends` shows it. Figures are sums over all its processes since the last reset. */
export interface MemberStatus extends BackendStats {
  readonly id: string;
  readonly url: string;
  /** Of the present process; `null` when there is none. */
  readonly pid: number | null;
  readonly state: MemberState;
  readonly restarts: number;
  readonly faults: readonly StandingFault[];
}

/** Figures of one backend over all its processes: those that are gone, and the present one. */
export function addStats(past: BackendStats, now: BackendStats): BackendStats {
  return {
    requests: past.requests + now.requests,
    inFlight: now.inFlight,
    peakInFlight: Math.max(past.peakInFlight, now.peakInFlight),
    rejected: past.rejected + now.rejected,
    busyMs: past.busyMs + now.busyMs,
    queueMs: past.queueMs + now.queueMs,
  };
}
