/**
 * Load metrics: how busy is this endpoint? A picker (`leastLoaded`, `powerOfTwo`) asks one of
 * these, so that each metric combines with each picker: `powerOfTwo(peakEwma)`,
 * `leastLoaded(inFlight)`. They are classes: a call of a method that all instances share is inlined
 * where several metrics are in use, one of a function held by each object is not, and its result
 * would be boxed on every call. Those that learn from latencies stand in peak-ewma.ts and
 * least-response-time.ts.
 */

import type { Endpoint, StrategyEnvironment } from '../strategy.ts';
import type { Hooks } from './relay.ts';

/** A measure of load. May learn from the outcomes that the picker passes on to it. */
export interface Load extends Hooks {
  /** ≥ 0, the less the better; comparable between endpoints, in any unit. Must not allocate. */
  of(endpoint: Endpoint): number;
}

/** Makes a fresh metric. */
export type LoadFactory = (environment: StrategyEnvironment) => Load;

class InFlight implements Load {
  of(endpoint: Endpoint): number {
    return endpoint.inFlight;
  }
}

/** Attempts running now, weights ignored. */
export function inFlight(): Load {
  return new InFlight();
}

class WeightedInFlight implements Load {
  readonly followsEffectiveWeight = true;

  of(endpoint: Endpoint): number {
    return endpoint.inFlight / endpoint.effectiveWeight;
  }
}

/** Attempts running now per unit of effective weight: weight 3 carries three times as many. */
export function weightedInFlight(): Load {
  return new WeightedInFlight();
}
