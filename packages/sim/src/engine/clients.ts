/**
 * The clients: they send requests as planned, wait, give up and repeat, and how a request ended is counted
 * as they see it.
 */

import type { Distribution, Random, Result } from '@evenkeel/core';
import type { RequestSource } from '../scenario/arrivals.ts';
import type { Load } from '../scenario/types.ts';
import type { ClientOutcome, Recorder } from '../stats/recorder.ts';
import type { SimBalancer } from './balancers.ts';
import { DeadlineLine } from './deadlines.ts';
import { type Client, SimRequest, type Transport } from './request.ts';
import type { RunContext } from './run-context.ts';

/** A client in a closed load that got an error waits this long: else a dead server would end its load in no time. */
const ERROR_PAUSE_MS = 10;

/** The part of the run's fingerprint that says how a request ended. */
const END_CODES: Record<ClientOutcome, number> = {
  ok: -1,
  lost: -2,
  refused: -3,
  reset: -4,
  timeout: -5,
  truncated: -6,
  status4xx: -7,
  status5xx: -8,
  other: -9,
};

/** What the clients work with. */
export interface ClientsContext {
  readonly run: RunContext;
  readonly load: Load;
  readonly transport: Transport;
  readonly recorder: Recorder;
  readonly source: RequestSource;
  readonly balancers: readonly SimBalancer[];
  /** Ends the load; Infinity if `requests` does. */
  readonly endMs: number;
  /** Counted requests after which the load ends; Infinity if time does. */
  readonly requests: number;
  readonly overhead: { readonly distribution: Distribution; readonly random: Random } | undefined;
}

/** All clients of a run. */
export class Clients implements Client {
  readonly #context: ClientsContext;
  // Of the context, what every request needs.
  readonly #run: RunContext;
  readonly #source: RequestSource;
  readonly #balancers: readonly SimBalancer[];
  readonly #recorder: Recorder;
  readonly #warmupMs: number;
  readonly #clientRetries: number;
  /** undefined where no client ever gives up. */
  readonly #timeouts: DeadlineLine<SimRequest> | undefined;
  readonly #free: SimRequest[] = [];
  #sent = 0;
  /** Place of the balancer that the next request is sent to: each in its turn. */
  #nextVia = 0;
  #over = 0;
  #counted = 0;
  #responseSumMs = 0;
  /** Clients of a closed load that wait after an error. */
  #paused = 0;

  constructor(context: ClientsContext) {
    const { run, load } = context;
    this.#context = context;
    this.#run = run;
    this.#source = context.source;
    this.#balancers = context.balancers;
    this.#recorder = context.recorder;
    this.#warmupMs = load.warmupMs;
    this.#clientRetries = load.clientRetries;
    if (load.timeoutMs < Infinity) {
      this.#timeouts = new DeadlineLine(run.queue, load.timeoutMs, (request) => {
        this.#giveUp(request);
      });
    }
  }

  /** Requests sent and not over, or about to be sent by a client that pauses. */
  get isBusy(): boolean {
    return this.#sent > this.#over || this.#paused > 0;
  }

  /** Counted requests sent. */
  get counted(): number {
    return this.#counted;
  }

  /** Requests that are over, and the sum of their response times: for Little's law. */
  get over(): number {
    return this.#over;
  }

  get responseSumMs(): number {
    return this.#responseSumMs;
  }

  /** The load has ended: no client begins anything new. */
  get isEnded(): boolean {
    return this.#counted >= this.#context.requests || this.#run.queue.now() >= this.#context.endMs;
  }

  /** A client sends the source's present request, now. */
  send(): void {
    const source = this.#source;
    const request = this.#free.pop() ?? new SimRequest(this.#context.transport, this, source);
    request.index = source.index;
    request.work = source.work;
    request.serviceMs = source.serviceMs;
    request.key = source.key;
    request.idempotent = !source.post;
    request.repeats = 0;
    this.#dispatch(request);
  }

  /** A client of a closed load takes the next request of the plan. */
  sendNext(): void {
    if (!this.isEnded && this.#source.advance()) this.send();
  }

  /** The balancer is done with a request. */
  finished(request: SimRequest, result: Result): void {
    const run = this.#run;
    const nowMs = run.queue.now();
    const end = endOf(request, result);
    this.#over++;
    run.averages.inSystem--;
    const sinceSentMs = nowMs - request.sentMs;
    this.#responseSumMs += sinceSentMs;
    this.#timeouts?.leave(request);
    const responseMs = sinceSentMs + this.#overheadMs();
    if (request.isCounted) this.#recorder.ended(request, end, responseMs, result.attempts);
    run.hash.add(END_CODES[end], nowMs);
    run.observer?.finished(nowMs, request.index, end, responseMs);
    if (end !== 'ok' && request.repeats < this.#clientRetries) {
      request.repeats++;
      this.#dispatch(request);
      return;
    }
    this.#free.push(request);
    if (this.#context.load.kind === 'closed') this.#next(end);
  }

  #dispatch(request: SimRequest): void {
    const balancers = this.#balancers;
    const run = this.#run;
    const nowMs = run.queue.now();
    request.sentMs = nowMs;
    request.isCounted = nowMs >= this.#warmupMs;
    request.timesServed = 0;
    request.status = 0;
    request.broken = undefined;
    request.via = this.#nextVia;
    this.#nextVia = this.#nextVia + 1 < balancers.length ? this.#nextVia + 1 : 0;
    this.#sent++;
    if (request.isCounted) this.#counted++;
    run.averages.inSystem++;
    run.observer?.sent(nowMs, request.index, request.repeats);
    this.#timeouts?.join(request);
    (balancers[request.via] as SimBalancer).cluster.balancer.dispatch(request);
  }

  #giveUp(request: SimRequest): void {
    (this.#balancers[request.via] as SimBalancer).cluster.balancer.cancel(request);
  }

  #next(end: ClientOutcome): void {
    if (end === 'ok') {
      this.sendNext();
      return;
    }
    this.#paused++;
    this.#run.queue.after(ERROR_PAUSE_MS, () => {
      this.#paused--;
      this.sendNext();
    });
  }

  #overheadMs(): number {
    const { overhead } = this.#context;
    return overhead === undefined ? 0 : overhead.distribution.sampleAt(overhead.random.next());
  }
}

/** How a request ended, as its client sees it: a balancer answers its own failures with 502 to 504. */
function endOf(request: SimRequest, result: Result): ClientOutcome {
  if (result.kind === 'ok') {
    if (request.status < 400) return 'ok';
    return request.status < 500 ? 'status4xx' : 'status5xx';
  }
  if (result.kind === 'cancelled') return 'lost';
  return request.broken ?? 'status5xx';
}
