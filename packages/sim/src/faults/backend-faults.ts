/**
 * What the faults of one backend do to a request: one meaning, used by the live backend and by the simulated
 * one. A request meets them in this order:
 *
 *   refuse → blackhole → fastError → failFirst → latency → (queue, service with `leak`) → error →
 *   reset, garbage, truncate, bandwidth, slowClose
 *
 * The last five decide how an answer is delivered, and apply to every answer, also to that of `fastError`
 * and to the 503 of a full queue. Health checks meet `refuse`, `blackhole` and `healthLie` only.
 *
 * Whether a fault with a rate hits a request is drawn from (seed, backend, fault, index of the request in the
 * plan): one fixed table, which every strategy of a round meets alike; a retry at another backend is a new
 * draw. Requests without an index, and health checks, take their draws from the backend's own stream.
 */

import { exponential, hash32, type Random, seededRandom } from '@evenkeel/core';
import type { FaultKind } from '../scenario/types.ts';
import {
  type ActiveFault,
  type ActiveFaultOf,
  type FaultOf,
  FaultStack,
  MANUAL_FAULT,
  type ProcessState,
} from './fault-stack.ts';

/** A request's index in the plan; undefined where it has none. */
export type RequestIndex = number | undefined;

/** What happens to a request that has arrived. */
export type Admission =
  | { readonly kind: 'silent' }
  | { readonly kind: 'error'; readonly status: number; readonly cause: 'fastError' | 'failFirst' }
  | { readonly kind: 'accepted' };

/** What a backend means to answer. */
export interface Answer {
  readonly status: number;
  /** Length of the whole body. */
  readonly bodyBytes: number;
}

/** The answer of an `error` fault. */
export function errorAnswer({ status, body }: FaultOf<'error'>): Answer {
  return { status, bodyBytes: body === '' ? 0 : new TextEncoder().encode(body).length };
}

/** What of an answer reaches the client, and how the connection ends. */
export type Delivery =
  /** The connection is reset, or carries what is not HTTP, in place of the answer. */
  | { readonly kind: 'reset' | 'garbage' }
  | {
      readonly kind: 'head';
      readonly status: number;
      /** Bytes of the body that are sent; fewer than promised exactly if the answer is cut. */
      readonly sentBytes: number;
      readonly promisedBytes: number;
      /** Speed of the body; Infinity: at once. */
      readonly bytesPerSecond: number;
      /** `reset`, `truncated` (the connection is closed early), or `whole`. */
      readonly end: 'whole' | 'reset' | 'truncated';
      /** From the last byte until the backend closes the connection; undefined: it stays open. */
      readonly closeAfterMs: number | undefined;
    };

const OK_STATUS = 200;
/** What the bytes of `garbage` are drawn for, whichever fault of that kind it was. */
const NOISE: ActiveFault = { index: MANUAL_FAULT, fault: { kind: 'garbage', rate: 1 } };
const ACCEPTED: Admission = { kind: 'accepted' };
const SILENT: Admission = { kind: 'silent' };

/** The faults of one backend, with what they have counted. */
export class BackendFaults {
  readonly #backendId: string;
  readonly #seed: number;
  readonly #stack = new FaultStack();
  /** The backend's own stream, for requests without an index; made when it is first needed. */
  #stream: Random | undefined;
  /** Requests that each `failFirst` has seen. */
  readonly #seen = new Map<number, number>();
  /** Service time that each `leak` has added. */
  readonly #leakedMs = new Map<number, number>();

  /** @param seed the scenario's */
  constructor(backendId: string, seed: number) {
    this.#backendId = backendId;
    this.#seed = seed;
  }

  get active(): readonly ActiveFault[] {
    return this.#stack.active;
  }

  get isEmpty(): boolean {
    return this.#stack.isEmpty;
  }

  get processState(): ProcessState {
    return this.#stack.processState;
  }

  /** Puts a fault in force; it replaces one of the same kind and index, and counts from nothing. */
  begin(fault: ActiveFault): void {
    this.end(fault.fault.kind, fault.index);
    this.#stack.begin(fault);
  }

  /** Takes a fault away, and all that it has counted. */
  end(kind: FaultKind, index: number): void {
    this.#stack.end(kind, index);
    if (kind === 'failFirst') this.#seen.delete(index);
    if (kind === 'leak') this.#leakedMs.delete(index);
  }

  /** The process started anew: what it had counted is gone. */
  processStarted(): void {
    this.#seen.clear();
    this.#leakedMs.clear();
  }

  /** Service time added to every request by now. */
  get leakedMs(): number {
    let sumMs = 0;
    for (const leakedMs of this.#leakedMs.values()) sumMs += leakedMs;
    return sumMs;
  }

  /** The largest rate of the `refuse` faults in force, 0 without one: for a listener that sees no request. */
  get refuseRate(): number {
    return Math.max(0, ...this.#stack.of('refuse').map(({ fault }) => fault.rate));
  }

  /** Whether this request's connection is refused. */
  refuses(request: RequestIndex): boolean {
    return this.#hit('refuse', request) !== undefined;
  }

  /** What happens to a request that has arrived. To be asked once per request, because `failFirst` counts. */
  admit(request: RequestIndex): Admission {
    if (this.#hit('blackhole', request)) return SILENT;
    const atOnce = this.#hit('fastError', request)?.fault;
    if (atOnce) return { kind: 'error', status: atOnce.status, cause: 'fastError' };
    const first = this.#failsFirst(request);
    return first ? { kind: 'error', status: first.status, cause: 'failFirst' } : ACCEPTED;
  }

  /** How long a request waits before it joins the queue; undefined: not at all. */
  delayMs(request: RequestIndex): number | undefined {
    const latency = this.#hit('latency', request);
    if (latency === undefined) return undefined;
    const { latencyMs, jitterMs, distribution } = latency.fault;
    const u = this.#draw(latency, request, 'delay');
    return distribution === 'uniform'
      ? latencyMs + u * jitterMs
      : exponential(latencyMs).sampleAt(u);
  }

  /** The work on a request is done: it may have left something behind. */
  served(request: RequestIndex): void {
    const leak = this.#hit('leak', request);
    if (leak === undefined) return;
    const leakedMs = this.#leakedMs.get(leak.index) ?? 0;
    this.#leakedMs.set(leak.index, leakedMs + leak.fault.msPerRequest);
  }

  /** The error that is answered in place of the work's result; undefined: none. */
  error(request: RequestIndex): FaultOf<'error'> | undefined {
    return this.#hit('error', request)?.fault;
  }

  /** How an answer is delivered. */
  deliver(request: RequestIndex, { status, bodyBytes }: Answer): Delivery {
    const reset = this.#hit('reset', request)?.fault;
    if (reset?.when === 'before-head') return { kind: 'reset' };
    if (this.#hit('garbage', request)) return { kind: 'garbage' };
    const truncate = this.#hit('truncate', request)?.fault;
    const bandwidth = this.#hit('bandwidth', request)?.fault;
    const slowClose = this.#hit('slowClose', request)?.fault;
    const isCut = reset !== undefined || truncate !== undefined;
    let sentBytes = reset ? bodyBytes >> 1 : bodyBytes;
    if (truncate) sentBytes = Math.min(sentBytes, truncate.bytes);
    return {
      kind: 'head',
      status,
      sentBytes,
      // A cut answer promises at least one byte more than it gives: else none could see the cut.
      promisedBytes: isCut ? Math.max(bodyBytes, sentBytes + 1) : bodyBytes,
      bytesPerSecond: bandwidth?.bytesPerSecond ?? Number.POSITIVE_INFINITY,
      end: reset ? 'reset' : truncate ? 'truncated' : 'whole',
      closeAfterMs: slowClose?.delayMs ?? (isCut ? 0 : undefined),
    };
  }

  /** The status that a health check gets, once its connection was accepted; undefined: no answer. */
  probe(): number | undefined {
    const lie = this.#hit('healthLie', undefined)?.fault;
    if (lie !== undefined) return lie.status;
    return this.#hit('blackhole', undefined) ? undefined : OK_STATUS;
  }

  /** `count` bytes that no HTTP parser takes for a response (the first is no letter), the request's own. */
  noise(request: RequestIndex, count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i++) bytes[i] = 256 * this.#draw(NOISE, request, `byte ${i}`);
    bytes[0] = 0xff;
    return bytes;
  }

  #failsFirst(request: RequestIndex): FaultOf<'failFirst'> | undefined {
    let failing: FaultOf<'failFirst'> | undefined;
    for (const one of this.#stack.of('failFirst')) {
      const seen = this.#seen.get(one.index) ?? 0;
      this.#seen.set(one.index, seen + 1);
      if (seen < one.fault.n && this.#isHit(one, request)) failing ??= one.fault;
    }
    return failing;
  }

  /** The newest fault of this kind that hits the request. */
  #hit<K extends RatedKind>(kind: K, request: RequestIndex): ActiveFaultOf<K> | undefined {
    if (!this.#stack.has(kind)) return undefined;
    return this.#stack.of(kind).find((one) => this.#isHit(one, request));
  }

  #isHit(one: ActiveFaultOf<RatedKind>, request: RequestIndex): boolean {
    return one.fault.rate >= 1 || this.#draw(one, request, 'rate') < one.fault.rate;
  }

  /** A number in [0, 1) for a purpose. */
  #draw({ index, fault }: ActiveFault, request: RequestIndex, purpose: string): number {
    if (request === undefined) {
      this.#stream ??= seededRandom(this.#seed).fork(this.#backendId).fork('faults');
      return this.#stream.next();
    }
    const key = `${fault.kind} ${index} ${this.#backendId} ${request} ${purpose}`;
    return hash32(key, this.#seed) / 0x1_0000_0000;
  }
}

type RatedKind = Exclude<FaultKind, 'kill' | 'freeze' | 'restart'>;
