/**
 * Least connections for large fleets: the same law, the least in flight per weight at every pick,
 * without looking at all of them.
 *
 * A binary heap orders the members by a *lower bound* of their load: the attempts that this
 * strategy itself has started there and that have not ended, per configured weight. The true load
 * can only be higher (slow start lowers the effective weight; other workers, or a strategy before
 * this one, have attempts of their own running), so a search from the root that goes down only
 * where the bound is less than the best true load found is exact, whatever happens behind the
 * index's back. Ties go to the one that has waited longest, which is fair without a draw.
 *
 * Cost: O(log n) to start and to settle; a pick is O(1) when the root may be chosen and its bound
 * is exact, plus O(log n) for each less loaded member that may not be chosen or whose bound is not
 * exact. Wrong for a few dozen endpoints (least-connections is simpler and as fast), where most
 * members are down, and with many workers: the search then looks at most of the fleet.
 */

import type { Random } from '../ports.ts';
import type { Endpoint, Strategy, StrategyFactory } from '../strategy.ts';
import type { StrategyEntry } from './entry.ts';
import { IndexedHeap } from './indexed-heap.ts';
import { plainEntry } from './options.ts';
import { SlotHolders, widened } from './slots.ts';

class LeastConnectionsIndexed implements Strategy {
  readonly followsEffectiveWeight = true;
  readonly #random: Random;
  readonly #slots = new SlotHolders();
  readonly #heap = new IndexedHeap();
  #own: Float64Array = new Float64Array(0);
  #members: (Endpoint | undefined)[] = [];
  #touches = 0;
  #best = -1;
  #bestLoad = Number.POSITIVE_INFINITY;

  constructor(random: Random) {
    this.#random = random;
  }

  prepare(members: readonly Endpoint[]): void {
    const arrived: Endpoint[] = [];
    this.#slots.update(members, (member) => arrived.push(member));
    this.#own = widened(this.#own, this.#slots.length);
    this.#heap.reserve(this.#slots.length);
    for (const { slot } of arrived) {
      // Before all that have been touched, whose turns begin at 1, and among each other in any order.
      // `own` is 0 already: a slot is free only when its last attempt has ended.
      this.#heap.setTurn(slot, this.#random.next());
    }
    this.#members = [];
    for (const member of members) {
      this.#members[member.slot] = member;
      this.#heap.setBound(member.slot, (this.#own[member.slot] as number) / member.weight);
    }
    this.#heap.rebuild(members.map((member) => member.slot));
  }

  pick(candidates: readonly Endpoint[]): Endpoint {
    this.#best = -1;
    this.#bestLoad = Number.POSITIVE_INFINITY;
    this.#search(0);
    return this.#members[this.#best] ?? (candidates[0] as Endpoint);
  }

  started(endpoint: Endpoint): void {
    this.#touch(endpoint, 1);
  }

  settled(endpoint: Endpoint): void {
    this.#touch(endpoint, -1);
  }

  #touch(endpoint: Endpoint, change: number): void {
    const { slot } = endpoint;
    const own = (this.#own[slot] as number) + change;
    this.#own[slot] = own;
    this.#touches += 1;
    this.#heap.setTurn(slot, this.#touches);
    this.#heap.setBound(slot, own / endpoint.weight);
    this.#heap.moved(slot);
  }

  /** Looks at the heap's node `at` and, where it may hold something better, at those below it. */
  #search(at: number): void {
    const slot = this.#heap.slotAt(at);
    if (slot < 0) return;
    const heap = this.#heap;
    const bound = heap.bound(slot);
    if (bound > this.#bestLoad) return;
    const endpoint = this.#members[slot] as Endpoint;
    if (endpoint.eligible) {
      const load = endpoint.inFlight / endpoint.effectiveWeight;
      const better =
        load < this.#bestLoad ||
        (load === this.#bestLoad && heap.turn(slot) < heap.turn(this.#best));
      if (better) {
        this.#best = slot;
        this.#bestLoad = load;
      }
      if (load <= bound) return;
    }
    this.#search(2 * at + 1);
    this.#search(2 * at + 2);
  }
}

/** See the head of this file. */
export const leastConnectionsIndexed: StrategyFactory = ({ random }) =>
  new LeastConnectionsIndexed(random);

export const leastConnectionsIndexedEntry: StrategyEntry = plainEntry(
  'least-connections-indexed',
  'least-connections for fleets of hundreds and more: the same law from an index',
  leastConnectionsIndexed,
);
