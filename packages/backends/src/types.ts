/**
 * The fleet as its users see it: what is needed to start one, and what can be done to it.
 */

import type { Backend } from '@evenkeel/sim';
import type { ActiveFault } from '@evenkeel/sim/faults';
import type { StandingFault } from './messages.ts';
import type { MemberStatus } from './supervisor/member-status.ts';

export interface FleetOptions {
  /** The backends, from `expandFleet`; ids are unique. */
  readonly backends: readonly Backend[];
  /** Seeds service times and rate faults: an integer in [0, 2^32). Default 1. */
  readonly seed?: number | undefined;
  /** Where backends and control API listen. Default 127.0.0.1. */
  readonly host?: string | undefined;
  /** The first backend's port, the others follow it; 0, the default, picks free ones. */
  readonly port?: number | undefined;
  /** The control API's port, 0 picks one; without it there is no control API. */
  readonly controlPort?: number | undefined;
  /** Where each backend keeps its accounts (see `readJournal`); made if missing. Default: none are kept. */
  readonly logDir?: string | undefined;
}

/**
 * A running fleet. An operation resolves when it is in force, and rejects with a BackendError.
 * All its processes end with the one that holds it, however that ends.
 */
export interface Fleet {
  readonly ids: readonly string[];
  /** Base URLs in the order of `ids`; they stay over restarts. */
  readonly urls: readonly string[];
  /** Base URL of the control API, if there is one. */
  readonly controlUrl: string | undefined;
  list(): Promise<MemberStatus[]>;
  status(id: string): Promise<MemberStatus>;
  /**
   * Puts a fault of a schedule in force, of whatever kind; it is in force until its own end, over restarts, and
   * beside others of its kind. `endIsPlanned`: a stopped process is to be back when `endFault` is called.
   */
  beginFault(id: string, fault: ActiveFault, endIsPlanned: boolean): Promise<void>;
  /** Ends a fault of a schedule; resolves when the backend is ready, unless another fault prevents it. */
  endFault(id: string, fault: ActiveFault): Promise<void>;
  /** Sets a fault by hand, in place of one of its kind that was set by hand; it stays over restarts. */
  setFault(id: string, fault: StandingFault): Promise<void>;
  /** Takes away the fault of that kind, or all. */
  clearFaults(id: string, kind?: StandingFault['kind']): Promise<void>;
  /** SIGKILL. */
  kill(id: string): Promise<void>;
  /** Stops listening, finishes what is in service (2 s at most) and stays down until a restart. */
  shutdown(id: string): Promise<void>;
  /** A new process on the same port, whatever stopped the last; a running one is shut down before. */
  restart(id: string): Promise<void>;
  /** SIGSTOP. */
  freeze(id: string): Promise<void>;
  /** SIGCONT, whatever froze it. */
  thaw(id: string): Promise<void>;
  /** Every backend running, without faults, figures at zero. */
  reset(): Promise<void>;
  /** Kills all processes; resolves when they are gone. */
  stop(): Promise<void>;
}
