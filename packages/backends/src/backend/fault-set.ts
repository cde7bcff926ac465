/**
 * The faults that a backend has at the moment, and which of them a request meets.
 *
 * Whether a fault with a rate hits is read off a hash of seed, fault, backend, request id and work
 * (`X-Request-Id`, `X-Work`): the world is one fixed table of requests × backends, which every
 * strategy of a round meets alike, and a retry at another backend is a fresh throw.
 */

import { hash32, type Random } from '@evenkeel/core';
import type { StandingFault } from '../messages.ts';

type Kind = StandingFault['kind'];
type FaultOf<K extends Kind> = StandingFault & { readonly kind: K };

/** What a request's fate is drawn from; without an id, each draw is a new one. */
export interface Fated {
  readonly id: string | undefined;
  readonly work: string | undefined;
}

/** For health checks, which carry no id. */
export const UNNAMED: Fated = { id: undefined, work: undefined };

export class FaultSet {
  readonly #backendId: string;
  readonly #seed: number;
  readonly #random: Random;
  readonly #faults = new Map<Kind, StandingFault>();
  /** Requests that `failFirst` has seen since it was set. */
  #seen = 0;
  #leakedMs = 0;

  /** `random` decides for requests that carry no id. */
  constructor(backendId: string, seed: number, random: Random) {
    this.#backendId = backendId;
    this.#seed = seed;
    this.#random = random;
  }

  /** Sets a fault in place of one of its kind, and its count back to nothing. */
  set(fault: StandingFault): void {
    this.clear(fault.kind);
    this.#faults.set(fault.kind, fault);
  }

  /** Takes away the fault of that kind and all that it has done. */
  clear(kind: Kind): void {
    this.#faults.delete(kind);
    if (kind === 'failFirst') this.#seen = 0;
    if (kind === 'leak') this.#leakedMs = 0;
  }

  /** Service time added to every request by now. */
  get leakedMs(): number {
    return this.#leakedMs;
  }

  /** The fault of that kind, whatever its rate. */
  get<K extends Kind>(kind: K): FaultOf<K> | undefined {
    return this.#faults.get(kind) as FaultOf<K> | undefined;
  }

  /** The fault of that kind, if it hits this request. */
  meets<K extends Kind>(kind: K, request: Fated): FaultOf<K> | undefined {
    const fault = this.get(kind);
    return fault && this.uniform(kind, request) < fault.rate ? fault : undefined;
  }

  /** As `meets('failFirst')`, and counts the request. To be asked once per request. */
  failsFirst(request: Fated): FaultOf<'failFirst'> | undefined {
    const fault = this.meets('failFirst', request);
    return this.#seen++ < (this.get('failFirst')?.n ?? 0) ? fault : undefined;
  }

  /** A request was served: it may have left something behind. */
  served(request: Fated): void {
    this.#leakedMs += this.meets('leak', request)?.msPerRequest ?? 0;
  }

  /** The request's own number in [0, 1) for a purpose. */
  uniform(purpose: string, request: Fated): number {
    if (request.id === undefined) return this.#random.next();
    const key = `${purpose} ${this.#backendId} ${request.id} ${request.work ?? ''}`;
    return hash32(key, this.#seed) / 0x1_0000_0000;
  }
}
