/**
 * The contract of a load-balancing strategy, and the words it is written in.
 *
 * A strategy answers one question: which of these endpoints gets this attempt? By the time it is
 * asked, the pool has already left out whatever may not be chosen: endpoints that are down,
 * ejected, draining, at their connection limit, or already tried for this request. So no strategy
 * can route to a backend known to be dead, and a strategy is 5 to 60 lines.
 *
 * The same object serves live traffic, the simulator, the property tests and an exercise.
 *
 * A strategy that throws in `pick` or `started`, or picks what is no candidate, fails that one
 * request; one that throws elsewhere changes nothing for any request. Either way the error is
 * reported (`PoolObserver.policyFailed`), and the counts stay exact.
 */

import type { Clock, Random } from './ports.ts';

/**
 * One backend as a strategy sees it. Live: the figures are those of this moment. The same object
 * for as long as it is a member, so that identity can stand for it.
 */
export interface Endpoint {
  /** Unique in its pool. */
  readonly id: string;
  /**
   * A small integer, dense from 0 and stable for as long as the endpoint is a member: keep your own
   * figures in an array by slot. A slot is reused once its endpoint has left and its last
   * attempt has ended; `prepare` is called before the newcomer is ever offered.
   */
  readonly slot: number;
  /** Configured share of traffic, > 0. */
  readonly weight: number;
  /** `weight` times the slow-start factor of the moment, in (0, weight]. */
  readonly effectiveWeight: number;
  /** Attempts running at this endpoint now, over all workers. */
  readonly inFlight: number;
  /** True exactly for the candidates of the present `pick`. For rings and tables: O(1). */
  readonly eligible: boolean;
}

/** What a strategy may know about a request. */
export interface RequestInfo {
  /** 32-bit hash of the routing key; strategies without a key ignore it. */
  readonly hash: number;
  /** True if repeating the request is harmless (RFC 9110, 9.2.2). */
  readonly idempotent: boolean;
  /** Id of the endpoint that this client's session is bound to, already verified by the driver. */
  readonly affinity?: string | undefined;
  /**
   * 32-bit hash of what is asked for (HTTP: method and path without query), so that repetitions of one
   * request are known as such. Read only when an attempt has failed: may be worked out then. Undefined:
   * every request counts as another.
   */
  readonly identity?: number | undefined;
}

/** Why an attempt failed. */
export type FailureCause =
  | 'refused'
  | 'connect-timeout'
  | 'timeout'
  | 'reset'
  | 'protocol'
  | 'status';

/** An attempt that was answered, or whose client left (`cancelled`: counts against no endpoint). */
export interface Completed {
  readonly kind: 'ok' | 'cancelled';
  readonly status?: number | undefined;
  /** From the start of the attempt to its end. */
  readonly latencyMs: number;
}

/** An attempt that the endpoint did not answer, or answered with a failure status (`Pool.isFailureStatus`). */
export interface Failed {
  readonly kind: 'failed';
  readonly cause: FailureCause;
  /** Only with cause `status`. */
  readonly status?: number | undefined;
  /** At least one byte of the request may have reached the endpoint. */
  readonly requestSent: boolean;
  /** The driver can send the same request again, body included. */
  readonly replayable: boolean;
  /** The client may have caused it: it is retried as others are, and says nothing of the endpoint. */
  readonly isNeutral?: boolean | undefined;
  readonly latencyMs: number;
}

/** How one attempt ended. */
export type Outcome = Completed | Failed;

/** Chooses an endpoint for each attempt. */
export interface Strategy {
  /**
   * One of `candidates`. Called once per attempt and must not allocate.
   * @param candidates never empty, and valid only during the call
   */
  pick(candidates: readonly Endpoint[], request: RequestInfo): Endpoint;
  /**
   * Membership or weights changed. Not called when health or slow start changes, so that a flapping
   * backend never rebuilds a ring. Called once, with the first members, before the first pick.
   */
  prepare?(members: readonly Endpoint[]): void;
  /** An attempt starts at the endpoint that `pick` returned; `inFlight` counts it already. */
  started?(endpoint: Endpoint): void;
  /**
   * The head of an answer that is no failure is there: what latency strategies learn from (TCP: the connect time).
   */
  firstByte?(endpoint: Endpoint, afterMs: number): void;
  /** The attempt ended; `inFlight` counts it no longer. Exactly once for each `started`. */
  settled?(endpoint: Endpoint, outcome: Outcome): void;
  /**
   * True if picks follow `effectiveWeight`. For all others the pool itself holds a warming
   * endpoint back, by leaving it out with probability 1 − factor.
   */
  readonly followsEffectiveWeight?: boolean;
}

/** What a strategy may use from outside. */
export interface StrategyEnvironment {
  readonly clock: Clock;
  readonly random: Random;
}

/** Makes a fresh strategy. */
export type StrategyFactory = (environment: StrategyEnvironment) => Strategy;

/** Where the routing key of a request comes from. The driver hashes it into `RequestInfo.hash`. */
export type KeySource = 'ip' | { readonly header: string } | { readonly cookie: string };
