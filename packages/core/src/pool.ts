/**
 * The pool: which endpoints there are, which of them may be chosen now, and how many attempts each
 * is running. This file is the contract; `EndpointPool` in pool/ is the implementation.
 */

import type { Attempt } from './attempt.ts';
import type { Check } from './health/evidence.ts';
import type { Health } from './health/health-policy.ts';
import type { Endpoint, Outcome, RequestInfo, Strategy } from './strategy.ts';

/**
 * What an endpoint may be doing. Only `ready` ones get traffic, with two exceptions that the
 * pool makes itself: `checking` ones while none is ready, `ejected` ones in a panic. A panic also
 * makes endpoints `ready`, by an event, that are down but answer their checks (fail-open).
 */
export type EndpointState = 'ready' | 'checking' | 'down' | 'ejected' | 'drain' | 'maintenance';

/** What an operator asked for. Stronger than anything that health checks say. */
export type AdminState = 'ready' | 'drain' | 'maintenance';

/** An endpoint as configured. */
export interface EndpointSpec {
  readonly id: string;
  /** Where the driver finds it. An endpoint whose address changes is treated as a new one. */
  readonly address?: string;
  /** Share of traffic, > 0; default 1. */
  readonly weight?: number;
  /** 0 (default) is used first; a level spills over to the next as its health sinks. */
  readonly priority?: number;
  /** Used only while no endpoint of any priority level is ready. */
  readonly backup?: boolean;
  /** Most attempts at once; 0 (default) is no limit. */
  readonly maxConnections?: number;
  /**
   * Its slot, where slots are assigned from outside so that several pools agree on them: for all
   * endpoints or for none. Free, its counts at 0, and not used again before `departed` was told in
   * each of these pools. Default: the pool assigns one.
   */
  readonly slot?: number;
}

/** An endpoint with what operators look at. Figures are live. */
export interface Member extends Endpoint {
  readonly address: string;
  readonly priority: number;
  readonly backup: boolean;
  readonly maxConnections: number;
  readonly state: EndpointState;
  readonly adminState: AdminState;
  /** `Clock.now()` of the last change of state. */
  readonly sinceMs: number;
  /** Attempts ever started. */
  readonly requests: number;
  /** Attempts that failed. */
  readonly failures: number;
  /** Attempts that were a repetition of an earlier one. */
  readonly retries: number;
  /** Times ejected. */
  readonly ejections: number;
}

/** Something changed; `seq` gives all events of a pool one total order. */
export interface PoolEvent {
  readonly seq: number;
  readonly atMs: number;
  readonly type: 'added' | 'removed' | 'state';
  readonly endpoint: string;
  readonly from?: EndpointState;
  readonly to?: EndpointState;
  /**
   * Why, in a few words: `probe failed`, `5 consecutive failures`, `operator`. Where `from` and `to`
   * are both `ready`, fail-open keeps an endpoint that has failed its checks, or it passes them
   * again.
   */
  readonly reason: string;
}

/**
 * Why no attempt was started. `none`: no endpoint may be asked now. `full`: all that may be asked
 * are at their limit. `error`: the strategy threw, or picked what is no candidate; the observer was
 * told.
 */
export type NoAttempt = 'none' | 'full' | 'error';

/** The endpoints and their state. */
export interface Pool {
  /** In the order of the last `update`, whatever their state. */
  readonly members: readonly Member[];
  /** Those that get traffic now. Immutable; replaced when health flips. */
  readonly ready: readonly Member[];
  /** Attempts running, over all endpoints, those that have left included. */
  readonly inFlight: number;
  /**
   * Replaces the membership in place: survivors (same id, same address) keep their in-flight count,
   * health and history; those that left finish what they are doing.
   * @param reason told by the events of those that join and leave; default `configuration`
   * @throws {RangeError} changing nothing: on a repeated id; on a weight, priority, limit or slot
   *   out of range; on a slot that is in use; beyond the capacity of the counters
   */
  update(specs: readonly EndpointSpec[], reason?: string): void;
  /** Picks and starts an attempt, not at one of `tried` while another may be asked. */
  start(request: RequestInfo, tried: readonly Endpoint[]): Attempt | NoAttempt;
  /** Starts an attempt at this endpoint and no other (a retry of the classic kind). */
  startAt(endpoint: Endpoint): Attempt | NoAttempt;
  member(id: string): Member | undefined;
  /**
   * Whether an answer with this status is a failure of its attempt. Drivers settle such an attempt as failed
   * with the cause `status`, and do not tell of its first byte.
   */
  isFailureStatus(status: number): boolean;
  /**
   * Routes with another strategy from the next pick on.
   * @throws what its `prepare` throws; the pool then keeps the strategy that it had
   */
  setStrategy(strategy: Strategy): void;
  /** An operator takes an endpoint out (`drain`, `maintenance`) or gives it back (`ready`). */
  setAdminState(id: string, state: AdminState): void;
  /**
   * Health: `up`, `down` or not known yet. An ejection outlasts it.
   * @param isAnswered where it is down: the last check was answered all the same, so that a panic
   *   may readmit it; default: it was not
   */
  setHealth(endpoint: Endpoint, health: Health, reason: string, isAnswered?: boolean): void;
  /**
   * A check of this endpoint has ended. Its ejection ends where checks refute what it was ejected
   * for: failures to connect by one that passes, any failure by `rise` in a row that were answered,
   * all begun since the ejection.
   */
  checked(endpoint: Endpoint, check: Check, reason: string): void;
  /** Stops the pool's timers. Running attempts may still be settled. */
  close(): void;
}

/** Hears what happens in a pool; all optional. Called synchronously, and must not throw. */
export interface PoolObserver {
  event?(event: PoolEvent): void;
  /** An attempt ended; the pool has already counted it. */
  settled?(member: Member, outcome: Outcome): void;
  /**
   * A member that an update has removed runs no attempt any more: what was kept for it can go.
   * Exactly once for each, after its `removed` event; at once if it was idle. Its slot is free from
   * now on.
   */
  departed?(member: Member): void;
  /**
   * A strategy or policy threw, or returned what it may not. Called once for each such error. One
   * that comes before a request is sent ends that request with the result `error`; one that comes
   * later (in `firstByte`, `settled`, a detector) changes nothing for the request. The pool stays
   * usable. This one may throw, where an error is to end everything, as in a simulation.
   * @param where the policy and its function: `strategy, pick`
   */
  policyFailed?(where: string, error: unknown): void;
}
