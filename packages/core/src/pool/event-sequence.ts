/**
 * The events of one pool, numbered: what gives all of them, and attempts among them, one total
 * order.
 */

import type { EndpointState, Member, PoolEvent, PoolObserver } from '../pool.ts';
import type { Clock } from '../ports.ts';

/** Numbers events and tells the observer. */
export class EventSequence {
  readonly #clock: Clock;
  readonly #observer: PoolObserver;
  /** Number of the last event; 0 before there is one. */
  last = 0;

  constructor(clock: Clock, observer: PoolObserver) {
    this.#clock = clock;
    this.#observer = observer;
  }

  joinedOrLeft(type: 'added' | 'removed', member: Member, reason: string): void {
    this.#tell({ ...this.#next(member, reason), type });
  }

  stateChanged(member: Member, from: EndpointState, reason: string): void {
    this.#tell({ ...this.#next(member, reason), type: 'state', from, to: member.state });
  }

  #next({ id }: Member, reason: string): Omit<PoolEvent, 'type'> {
    this.last += 1;
    return { seq: this.last, atMs: this.#clock.now(), endpoint: id, reason };
  }

  #tell(event: PoolEvent): void {
    this.#observer.event?.(event);
  }
}
