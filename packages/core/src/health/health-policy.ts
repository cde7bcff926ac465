/**
 * The contract of active health: from the results of probes to `up` or `down`, and when to probe
 * next.
 *
 * A policy makes one judge per endpoint, and the judge gets every finished probe of that endpoint
 * with its time and latency. The schedule (active.ts) starts probes, ends those that take too long
 * and draws the jitter; what a result means is decided here. The same value serves live traffic,
 * the simulator and an exercise. `hysteresis` is the built-in policy.
 */

/** What is believed of an endpoint; `checking`: nothing yet. */
export type Health = 'up' | 'down' | 'checking';

/** What a probe found. */
export interface ProbeResult {
  readonly ok: boolean;
  /** The connection was refused: nothing listens. Says more than a timeout does. */
  readonly refused?: boolean;
  /**
   * What a pass proves: that connections are accepted, or (default) that the program behind them
   * answers. A connection refutes failures to connect and no others.
   */
  readonly evidence?: 'connection' | 'answer';
  /**
   * The prober itself lacked something (descriptors, ports, memory): no evidence about the
   * endpoint. The judge does not get it, and the next probe follows as if this one had not
   * been.
   */
  readonly inconclusive?: boolean;
  /**
   * A failed probe was answered in full, though not as expected: the program runs, and may serve.
   * Default: it was not. A panic readmits endpoints after no other kind of failure.
   */
  readonly answered?: boolean;
  /** A few words for the log: `status 500`, `timed out`. */
  readonly detail?: string;
}

/** A finished probe as a judge gets it. */
export interface FinishedProbe extends ProbeResult {
  /** `Clock.now()` when it ended. */
  readonly nowMs: number;
  /** From its start to its end; for one that was not answered, the time that it was given. */
  readonly latencyMs: number;
  /** An attempt of a client's request was refused by this endpoint since the probe before. */
  readonly trafficRefused: boolean;
}

/**
 * Judges one endpoint. A judge that throws, or asks for a time that is no positive number, changes
 * nothing: the health stays what it was, the error is reported, and the endpoint is probed again.
 */
export interface HealthJudge {
  /**
   * Called once for each finished probe, in order.
   * @returns what is believed now. `checking` decides nothing: the endpoint stays as it is
   */
  observe(probe: FinishedProbe): Health;
  /** From the start of the last probe to the start of the next, > 0; jitter may shorten it. */
  nextDelayMs(): number;
  /** How long the next probe may take, > 0. */
  timeoutMs(): number;
}

/** Makes the judges of a pool. */
export interface HealthPolicy {
  /**
   * Makes the judge of one endpoint.
   * @param initial what is believed of it so far: `checking` for a newcomer; `up` or `down` where a
   *   policy replaces another at work, or an endpoint was taken out on other evidence
   */
  (initial: Health): HealthJudge;
  /** Answered checks in a row that end an ejection early, ≥ 1; default 2. */
  readonly rise?: number;
}
