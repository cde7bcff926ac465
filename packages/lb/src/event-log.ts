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
  readonly type: PoolEvent['type'] | NoteType;
  readonly service?: string;
  /** The event's number in its pool: an attempt knows the last one before it (`afterEvent`). */
  readonly poolSeq?: number;
  readonly endpoint?: string;
  readonly from?: PoolEvent['from'];
  readonly to?: PoolEvent['to'];
  readonly reason: string;
  /** Where the change came from; absent: nothing but the backends themselves caused it. */
  readonly source?: ChangeSource;
}

/** The admin API, SIGHUP, a configuration file that was read again, or the program that runs the balancer. */
export type ChangeSource = 'admin' | 'signal' | 'file' | 'program';

/** What does not happen in a pool. `changed`: the weight, limit or priority of a backend. */
type NoteType = 'reload' | 'reload-failed' | 'strategy' | 'discovery' | 'changed';

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
  #source: ChangeSource | undefined;

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

  /** Logs what happened to the whole, to a service as a whole, or to one backend of it. */
  note(type: NoteType, reason: string, service?: string, endpoint?: string): void {
    const where = service === undefined ? {} : { service };
    const what = endpoint === undefined ? {} : { endpoint };
    this.#append({ type, reason, ...where, ...what }, this.#now());
  }

  /** Makes a change; every event that it causes at once tells where it came from. */
  attributed<T>(source: ChangeSource, change: () => T): T {
    const before = this.#source;
    this.#source = source;
    try {
      return change();
    } finally {
      this.#source = before;
    }
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
    const source = this.#source === undefined ? {} : { source: this.#source };
    const logged: LoggedEvent = { seq: this.#seq, atMs, epochMs, ...event, ...source };
    this.#kept.push(logged);
    if (this.#kept.length > EVENTS_KEPT) this.#kept.shift();
    for (const listener of this.#listeners) listener(logged);
  }
}
