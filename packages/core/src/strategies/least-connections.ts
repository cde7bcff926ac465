/**
 * Least connections: the endpoint with the fewest attempts running per unit of weight.
 *
 * Cost: O(n) per pick, exact; from a few hundred endpoints on take least-connections-indexed, which
 * keeps the same law, or power-of-two, which nearly does. Wrong where a fast failure is possible
 * and goes unnoticed: a broken endpoint that answers at once always has the fewest, so it
 * belongs with health checks.
 * Source: Linux Virtual Server (Zhang 2000), scheduling `wlc`.
 */

import type { StrategyFactory } from '../strategy.ts';
import type { StrategyEntry } from './entry.ts';
import { leastLoaded } from './least-loaded.ts';
import { weightedInFlight } from './loads.ts';
import { plainEntry } from './options.ts';

/** See the head of this file. */
export const leastConnections: StrategyFactory = leastLoaded(weightedInFlight);

export const leastConnectionsEntry: StrategyEntry = plainEntry(
  'least-connections',
  'the fewest requests running per weight; for requests or endpoints that differ',
  leastConnections,
);
