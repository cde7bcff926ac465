/**
 * What happened in a run, as a list in the order of time: the one place where the lab meets the engine's
 * observer. Backends are numbers here, and an event learns later what only later events tell.
 */

import type { AttemptEnd, BalancerEvent, ClientOutcome, RunObserver } from '@evenkeel/sim/engine';

/** One event. Which fields mean something depends on its kind. */
export interface LabEvent {
  readonly kind:
    | 'sent'
    | 'attempt'
    | 'serving'
    | 'worked'
    | 'ended'
    | 'finished'
    | 'stopped'
    | 'fault'
    | 'pool';
  readonly atMs: number;
  readonly request: number;
  readonly job: number;
  readonly backend: number;
  /** `sent`, `attempt`: the attempt follows in the same instant. `ended`: so does the request's end. */
  isDirect: boolean;
  /** Of a request: attempts so far, this one included. */
  readonly attempts: number;
  /** `serving`: service time. `finished`: response time. */
  readonly lengthMs: number;
  /** The attempt or the request ended well; the fault begins. */
  readonly isGood: boolean;
  /** Outcome, kind of fault, or state of the pool. */
  readonly word: string;
  /** `pool`: the balancer. */
  readonly balancer: number;
  /** `attempt`: not before this time did the request know that it needs it. */
  readonly notBeforeMs: number;
}

const NOTHING: Omit<LabEvent, 'kind' | 'atMs'> = {
  request: -1,
  job: -1,
  backend: -1,
  isDirect: false,
  attempts: 0,
  lengthMs: 0,
  isGood: false,
  word: '',
  balancer: 0,
  notBeforeMs: 0,
};

/** What is remembered of a request that is under way. */
interface Open {
  readonly sent: LabEvent;
  attempts: number;
  lastEnd: LabEvent | undefined;
}

const TRIM_AT = 4096;

/** Writes down what a simulation tells. Old events are dropped by `dropBefore`. */
export class EventLog implements RunObserver {
  readonly #indexOf: ReadonlyMap<string, number>;
  readonly #open = new Map<number, Open>();
  #events: LabEvent[] = [];
  #first = 0;
  #forgottenMs = Number.NEGATIVE_INFINITY;

  /** @param ids of the backends, in the order of the fleet */
  constructor(ids: readonly string[]) {
    this.#indexOf = new Map(ids.map((id, i) => [id, i]));
  }

  /** All that is remembered; `at` counts from the first event of the run. */
  at(index: number): LabEvent | undefined {
    return this.#events[index - this.#first];
  }

  get first(): number {
    return this.#first;
  }

  /** Events up to this time may be forgotten. */
  get forgottenMs(): number {
    return this.#forgottenMs;
  }

  get end(): number {
    return this.#first + this.#events.length;
  }

  /** Forgets events before `atMs` that lie before `index`. */
  dropBefore(atMs: number, index: number): void {
    const most = index - this.#first;
    let drop = 0;
    while (drop < most && (this.#events[drop]?.atMs ?? Infinity) < atMs) drop++;
    if (drop < TRIM_AT && drop * 2 < this.#events.length) return;
    this.#forgottenMs = this.#events[drop - 1]?.atMs ?? this.#forgottenMs;
    this.#events = this.#events.slice(drop);
    this.#first += drop;
  }

  sent(atMs: number, request: number): void {
    const sent = this.#add({ ...NOTHING, kind: 'sent', atMs, request });
    this.#open.set(request, { sent, attempts: 0, lastEnd: undefined });
  }

  attempt(atMs: number, job: number, request: number, id: string): void {
    const open = this.#open.get(request);
    const attempts = open === undefined ? 1 : ++open.attempts;
    const isDirect = attempts === 1 && open?.sent.atMs === atMs;
    if (open !== undefined && isDirect) open.sent.isDirect = true;
    const notBeforeMs = open?.lastEnd?.atMs ?? open?.sent.atMs ?? atMs;
    const backend = this.#index(id);
    const more = { job, request, backend, attempts, isDirect, notBeforeMs };
    this.#add({ ...NOTHING, kind: 'attempt', atMs, ...more });
  }

  serving(atMs: number, job: number, serviceMs: number): void {
    this.#add({ ...NOTHING, kind: 'serving', atMs, job, lengthMs: serviceMs });
  }

  worked(atMs: number, job: number): void {
    this.#add({ ...NOTHING, kind: 'worked', atMs, job });
  }

  head(): void {
    // Nothing moves before the whole answer is there.
  }

  attemptEnded(atMs: number, job: number, request: number, id: string, end: AttemptEnd): void {
    const isGood = end.kind === 'answered' && end.status < 400;
    const backend = this.#index(id);
    const word = 'status' in end ? `${end.status}` : end.kind;
    const ended = this.#add({
      ...NOTHING,
      kind: 'ended',
      atMs,
      job,
      request,
      backend,
      isGood,
      word,
    });
    const open = this.#open.get(request);
    if (open !== undefined) open.lastEnd = ended;
  }

  finished(atMs: number, request: number, end: ClientOutcome, responseMs: number): void {
    const open = this.#open.get(request);
    this.#open.delete(request);
    const isDirect = open?.lastEnd?.atMs === atMs;
    if (open?.lastEnd !== undefined && isDirect) open.lastEnd.isDirect = true;
    const attempts = open?.attempts ?? 0;
    const isGood = end === 'ok';
    const more = { request, isDirect, attempts, isGood, word: end, lengthMs: responseMs };
    this.#add({ ...NOTHING, kind: 'finished', atMs, ...more });
  }

  stopped(atMs: number, id: string): void {
    this.#add({ ...NOTHING, kind: 'stopped', atMs, backend: this.#index(id) });
  }

  fault(atMs: number, what: 'begins' | 'ends', kind: string, id: string): void {
    const isGood = what === 'begins';
    this.#add({ ...NOTHING, kind: 'fault', atMs, backend: this.#index(id), word: kind, isGood });
  }

  action(): void {
    // The pool tells what became of it.
  }

  pool({ atMs, endpoint, to, balancer }: BalancerEvent): void {
    if (to === undefined) return;
    const backend = this.#index(endpoint);
    this.#add({ ...NOTHING, kind: 'pool', atMs, backend, word: to, balancer });
  }

  #index(id: string): number {
    return this.#indexOf.get(id) ?? -1;
  }

  #add(event: LabEvent): LabEvent {
    this.#events.push(event);
    return event;
  }
}
