/**
 * Which endpoints are members, and which slot each has. A slot outlives its member until the last
 * attempt there has ended, so that no attempt is ever counted for the next endpoint in its slot.
 */

import type { Health } from '../health/health-policy.ts';
import type { EndpointSpec } from '../pool.ts';
import type { Counters } from './counters.ts';
import { type PickView, PoolMember } from './member.ts';
import { validateSlots, validateSpecs } from './validate.ts';

/** What an update changed. */
export interface MembershipChange {
  readonly added: readonly PoolMember[];
  readonly removed: readonly PoolMember[];
  readonly reweighed: boolean;
}

/** The members in order, by id, and the slots they hold. */
export class Membership {
  members: readonly PoolMember[] = [];
  readonly counters: Counters;
  readonly view: PickView = { level: 0, trials: 0, nowMs: 0 };
  readonly #byId = new Map<string, PoolMember>();
  /**
   * The member that each slot belongs to, also while the last attempts of one that has left run.
   */
  readonly #holders = new Map<number, PoolMember>();
  readonly #freeSlots: number[] = [];
  #slots = 0;
  #isFirstUpdate = true;

  constructor(counters: Counters) {
    this.counters = counters;
  }

  byId(id: string): PoolMember | undefined {
    return this.#byId.get(id);
  }

  /** @throws {RangeError} changing nothing, if the specs cannot be used */
  update(specs: readonly EndpointSpec[], health: Health, nowMs: number): MembershipChange {
    validateSpecs(specs);
    this.#validateSlots(specs);
    const added: PoolMember[] = [];
    const survivors = new Set<PoolMember>();
    let reweighed = false;
    const next = specs.map((spec) => {
      const known = this.#survivor(spec);
      if (known !== undefined) {
        survivors.add(known);
        reweighed = known.configure(spec) || reweighed;
        return known;
      }
      // At the start of a proxy all are new, and none is warmer than the others.
      const member = this.#newMember(spec, health, nowMs, !this.#isFirstUpdate);
      added.push(member);
      return member;
    });
    const removed = this.members.filter((member) => !survivors.has(member));
    this.members = next;
    this.#byId.clear();
    for (const member of next) this.#byId.set(member.id, member);
    for (const member of removed) {
      member.present = false;
      member.listed = false;
    }
    this.#isFirstUpdate = false;
    return { added, removed, reweighed };
  }

  /**
   * Frees the slot of a member that has left, once nothing runs there.
   * @returns true when it did: exactly once for each member that leaves
   */
  release(member: PoolMember): boolean {
    if (member.present || this.counters.ownInFlight(member.slot) > 0) return false;
    if (this.#holders.get(member.slot) !== member) return false;
    this.#holders.delete(member.slot);
    // Slots from outside are not this pool's to give away.
    if (member.slot < this.#slots) this.#freeSlots.push(member.slot);
    return true;
  }

  /** The member that this spec goes on with: one of the same id, address and slot. */
  #survivor({ id, address = '', slot }: EndpointSpec): PoolMember | undefined {
    const known = this.#byId.get(id);
    if (known === undefined || known.address !== address) return undefined;
    return slot === undefined || slot === known.slot ? known : undefined;
  }

  #validateSlots(specs: readonly EndpointSpec[]): void {
    const newcomers = specs.filter((spec) => this.#survivor(spec) === undefined);
    validateSlots(specs, this.counters.capacity);
    const isAssigned = specs.some(({ slot }) => slot !== undefined);
    if (!isAssigned) {
      const free = this.counters.capacity - this.#holders.size;
      if (newcomers.length <= free) return;
      throw new RangeError(`there is room for ${free} more endpoints, got ${newcomers.length}`);
    }
    for (const { id, slot = 0 } of newcomers) {
      const holder = this.#holders.get(slot);
      if (holder === undefined) continue;
      throw new RangeError(`endpoint ${id}: slot ${slot} still belongs to ${holder.id}`);
    }
  }

  #nextSlot(): number {
    for (;;) {
      const slot = this.#freeSlots.pop() ?? this.#slots++;
      if (!this.#holders.has(slot)) return slot;
    }
  }

  #newMember(spec: EndpointSpec, health: Health, nowMs: number, warms: boolean): PoolMember {
    const slot = spec.slot ?? this.#nextSlot();
    this.counters.reserve(slot + 1);
    // An assigned slot was cleared by the assigner: other workers may be counting there already.
    if (spec.slot === undefined) this.counters.clear(slot);
    const member = new PoolMember(spec, slot, health, nowMs, warms, this.counters, this.view);
    this.#holders.set(slot, member);
    return member;
  }
}
