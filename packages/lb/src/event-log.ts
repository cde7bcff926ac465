/**
 * What has happened, in one total order over all services: health, ejections, membership, reloads.
 * The status page and the chaos bench read from it which backend was known to be dead at which time.
 */

import type { PoolEvent, PoolObserver } from '@evenkeel/core';

/** One thing that happened. */
export interface LoggedEvent {
  /** 1, 2, 3 … over all services. */
  readonly seq: number;
  /** Monotonic, from the start of the process; orders as `seq` does. */
  readonly atMs: number;
  /** The same moment in milliseconds since 1970, for comparison with other processes. */
  readonly epochMs: number;
  readonly type: PoolEvent['type'] | 'reload' | 'strategy' | 'discovery';
  readonly service?: string;
  /** The event's number in its pool: an attempt knows the last one before it (`afterEvent`). */
  readonly poolSeq?: number;
  readonly endpoint?: string;
  readonly from?: PoolEvent['from'];
  readonly to?: PoolEvent['to'];
  readonly reason: string;
}

/** Hears of each event as it happens. */
export type EventListener = (event: LoggedEvent) => void;

/** Events kept for readers that come later. */
export const EVENTS_KEPT = 1000;

/** Keeps the last events and tells listeners of new ones. */
export class EventLog {
  readonly #now: () => number;
  readonly #kept: LoggedEvent[] = [];
  readonly #listeners = new Set<EventListener>();
  #seq = 0;

  /** @param now monotonic milliseconds since the start of the process, as `performance.now()` */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** An observer that logs what happens in one service's pool. */
  poolObserver(service: string): Required<Pick<PoolObserver, 'event'>> {
    return {
      event: ({ seq, atMs, ...event }: PoolEvent): void => {
        this.#append({ ...event, service, poolSeq: seq }, atMs);
      },
    };
  }

  /** Logs what happened to the whole, or to a service as a whole. */
  note(type: 'reload' | 'strategy' | 'discovery', reason: string, service?: string): void {
    const event = { type, reason };
    this.#append(service === undefined ? event : { ...event, service }, this.#now());
  }

  /** The kept events after `seq`, oldest first. */
  since(seq: number): readonly LoggedEvent[] {
    return this.#kept.filter((event) => event.seq > seq);
  }

  /** @returns stops listening */
  subscribe(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #append(event: Omit<LoggedEvent, 'seq' | 'atMs' | 'epochMs'>, atMs: number): void {
    this.#seq += 1;
    const epochMs = performance.timeOrigin + atMs;
    const logged: LoggedEvent = { seq: this.#seq, atMs, epochMs, ...event };
    this.#kept.push(logged);
    if (this.#kept.length > EVENTS_KEPT) this.#kept.shift();
    for (const listener of this.#listeners) listener(logged);
  }
}
