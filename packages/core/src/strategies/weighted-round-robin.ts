/**
 * Smooth weighted round robin: each endpoint in proportion to its weight, spread out evenly.
 *
 * Each pick credits every candidate with its weight, takes the one with the most credit, the first
 * of equals, and debits it by the total. So weights 5, 1, 1 give a a b a c a a, where the naive
 * way would give a a a a a b c. Over Σw picks each gets exactly its weight.
 *
 * Cost: O(n) additions per pick. Wrong when requests differ much (it counts requests, not work),
 * and for fleets of thousands, where weighted-random does the same on average in O(1). Source:
 * nginx 1.3.1, ngx_http_upstream_round_robin.c.
 */

import type { Endpoint, Strategy, StrategyFactory } from '../strategy.ts';
import type { StrategyEntry } from './entry.ts';
import { plainEntry } from './options.ts';
import { SlotHolders, widened } from './slots.ts';

class WeightedRoundRobin implements Strategy {
  readonly followsEffectiveWeight = true;
  readonly #slots = new SlotHolders();
  #credit: Float64Array = new Float64Array(0);
  #totalWeight = 0;

  prepare(members: readonly Endpoint[]): void {
    const totalWeight = members.reduce((sum, member) => sum + member.weight, 0);
    // Credit is worth what it is of the total: kept as it is while weights sink from thousands to
    // ones, it would give one endpoint thousands of picks in a row.
    if (this.#totalWeight > 0) {
      const scale = totalWeight / this.#totalWeight;
      for (let slot = 0; slot < this.#credit.length; slot++) {
        this.#credit[slot] = (this.#credit[slot] as number) * scale;
      }
    }
    this.#totalWeight = totalWeight;
    this.#slots.update(members, (member) => {
      this.#credit = widened(this.#credit, this.#slots.length);
      this.#credit[member.slot] = 0;
    });
  }

  pick(candidates: readonly Endpoint[]): Endpoint {
    const credit = this.#credit;
    let chosen = candidates[0] as Endpoint;
    let most = Number.NEGATIVE_INFINITY;
    let total = 0;
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[i] as Endpoint;
      const weight = candidate.effectiveWeight;
      const present = (credit[candidate.slot] as number) + weight;
      credit[candidate.slot] = present;
      total += weight;
      if (present > most) {
        most = present;
        chosen = candidate;
      }
    }
    credit[chosen.slot] = most - total;
    return chosen;
  }
}

/** See the head of this file. */
export const weightedRoundRobin: StrategyFactory = () => new WeightedRoundRobin();

export const weightedRoundRobinEntry: StrategyEntry = plainEntry(
  'weighted-round-robin',
  'each by its weight, evenly spread (smooth); for like requests on endpoints of known strength',
  weightedRoundRobin,
);
