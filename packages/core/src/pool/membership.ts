/**
 * Who the members are, and which slot each has. A slot outlives its member until the last attempt
 * there has ended, so that no counter is ever written for a stranger.
 */

import type { Health } from '../health/health-policy.ts';
import type { EndpointSpec } from '../pool.ts';
import type { Counters } from './counters.ts';
import { type PickView, PoolMember } from './member.ts';

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
  readonly view: PickView = { level: 0 };
  readonly #byId = new Map<string, PoolMember>();
  readonly #freeSlots: number[] = [];
  #slots = 0;
  #isFirstUpdate = true;

  constructor(counters: Counters) {
    this.counters = counters;
  }

  byId(id: string): PoolMember | undefined {
    return this.#byId.get(id);
  }

  update(specs: readonly EndpointSpec[], health: Health, nowMs: number): MembershipChange {
    const added: PoolMember[] = [];
    const survivors = new Set<PoolMember>();
    let reweighed = false;
    const next = specs.map((spec) => {
      const known = this.#byId.get(spec.id);
      if (known !== undefined && known.address === (spec.address ?? '')) {
        survivors.add(known);
        reweighed = known.configure(spec) || reweighed;
        return known;
      }
      // At the start of a proxy everybody is new, and nobody has warmed up before anybody else.
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
      this.release(member);
    }
    this.#isFirstUpdate = false;
    return { added, removed, reweighed };
  }

  /** Frees the slot of a member that has left, once nothing runs there. */
  release(member: PoolMember): void {
    if (!member.present && member.inFlight === 0) this.#freeSlots.push(member.slot);
  }

  #newMember(spec: EndpointSpec, health: Health, nowMs: number, warms: boolean): PoolMember {
    const slot = this.#freeSlots.pop() ?? this.#slots++;
    this.counters.reserve(slot + 1);
    this.counters.clear(slot);
    return new PoolMember(spec, slot, health, nowMs, warms, this.counters, this.view);
  }
}
