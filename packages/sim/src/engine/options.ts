/** What a run is made of. */

import type { ClusterPolicies, Distribution, StrategyFactory } from '@evenkeel/core';
import type { RequestSource } from '../scenario/arrivals.ts';
import type { Scenario } from '../scenario/types.ts';
import type { RunObserver } from './observer.ts';
import type { TraceSink } from './trace.ts';

/** What to run. */
export interface SimulationOptions {
  readonly scenario: Scenario;
  readonly strategy: StrategyFactory;
  /**
   * Policies in place of those that the scenario's `lb:` describes. They have state: a run with several
   * balancers needs a function, which is called once for each.
   */
  readonly policies?: Partial<ClusterPolicies> | (() => Partial<ClusterPolicies>);
  /** Default: the scenario's. */
  readonly seed?: number;
  /** Requests to replay in place of the scenario's plan. */
  readonly source?: RequestSource;
  /** Ends the load after so many counted requests, instead of by time. */
  readonly requests?: number;
  /** Keep a timeline (windows of 500 ms); default false. */
  readonly timeline?: boolean;
  /** Measure the time that requests spend in a backend's queue; default false. */
  readonly queueing?: boolean;
  /** Measure how many requests an arrival finds at a backend; default false. */
  readonly queueLengths?: boolean;
  /** Time added to every response, drawn from this: what a real proxy and real timers cost. */
  readonly overhead?: Distribution;
  readonly trace?: TraceSink;
  /** Hears what happens, in place of a trace. */
  readonly observer?: RunObserver;
  /** Hears how many requests have been sent, every quarter of a million. */
  readonly progress?: (sent: number) => void;
}

/** The policies of each balancer, in place of the scenario's. */
export function policiesOf({
  policies = {},
  scenario,
}: SimulationOptions): () => Partial<ClusterPolicies> {
  if (typeof policies === 'function') return policies;
  if (scenario.sim.balancers > 1 && Object.keys(policies).length > 0) {
    throw new RangeError(
      `policies must be a function for ${scenario.sim.balancers} balancers, got an object`,
    );
  }
  return () => policies;
}
