/**
 * What the supervisor and a backend process say to each other over the IPC channel: numbered
 * commands, each answered by exactly one reply with the backend's figures. A backend whose channel
 * closes knows that its supervisor is gone, and ends.
 */

import type { Backend as BackendSpec, Fault } from '@evenkeel/sim';
import type { ActiveFault } from '@evenkeel/sim/faults';

/** A fault that the process itself acts out; the others are done to the process. */
export type StandingFault = Exclude<Fault, { kind: 'kill' | 'freeze' | 'restart' }>;

/** All that one backend process needs to know at its start. */
export interface BackendConfig {
  readonly spec: BackendSpec;
  /** The fleet's seed, an integer in [0, 2^32). */
  readonly seed: number;
  readonly host: string;
  readonly port: number;
  /** The file that the accounting is appended to; without it nothing is recorded. */
  readonly journalFile?: string;
}

/** What one backend has done. Times are milliseconds. */
export interface BackendStats {
  /** Requests received, health checks not counted. */
  readonly requests: number;
  /** Received and neither answered nor given up by the client. */
  readonly inFlight: number;
  readonly peakInFlight: number;
  /** Answered 503 because the queue was full. */
  readonly rejected: number;
  /** Time in service, summed over all requests. */
  readonly busyMs: number;
  /** Time spent waiting for a free slot, summed over all requests. */
  readonly queueMs: number;
}

/** Figures of a backend that has done nothing yet. */
export const NO_STATS: BackendStats = {
  requests: 0,
  inFlight: 0,
  peakInFlight: 0,
  rejected: 0,
  busyMs: 0,
  queueMs: 0,
};

export type Command =
  | {
      readonly do: 'listen';
      readonly config: BackendConfig;
      readonly faults: readonly ActiveFault[];
    }
  | { readonly do: 'begin'; readonly fault: ActiveFault }
  | { readonly do: 'end'; readonly kind: StandingFault['kind']; readonly index: number }
  | { readonly do: 'stats' }
  | { readonly do: 'reset' }
  | { readonly do: 'drain' };

/** From the supervisor. */
export interface CommandMessage {
  readonly seq: number;
  readonly command: Command;
}

/** From the backend: the answer to command `seq`, or figures sent unasked (`seq` 0). */
export interface Reply {
  readonly seq: number;
  readonly stats: BackendStats;
  /** Present when the command failed: one line, and the system's error code if there is one. */
  readonly error?: { readonly message: string; readonly code?: string };
}
