/**
 * The faults that a backend has at the moment, and which of them a request meets.
 *
 * Whether a fault with a rate hits is read off a hash of seed, fault, backend, request id and work
 * (`X-Request-Id`, `X-Work`): the world is one fixed table of requests × backends, which every
 * strategy of a round meets alike, and a retry at another backend is a fresh throw.
 */

import { hash32, type Random } from '@evenkeel/core';
import type { StandingFault } from '../messages.ts';

export type FaultKind = StandingFault['kind'];
export type FaultOf<K extends FaultKind> = Extract<StandingFault, { kind: K }>;

/** The faults that one request meets, by kind. */
export type Hits = { readonly [K in FaultKind]?: FaultOf<K> };

const NO_HITS: Hits = {};

/** What a request's fate is drawn from; without an id each draw is a new one. */
export interface Fated {
  readonly id: string | undefined;
  readonly work: string | undefined;
}

export class FaultSet {
  readonly #backendId: string;
  readonly #seed: number;
  readonly #random: Random;
  #faults: readonly StandingFault[] = [];

  /** `random` decides for requests that carry no id. */
  constructor(backendId: string, seed: number, random: Random) {
    this.#backendId = backendId;
    this.#seed = seed;
    this.#random = random;
  }

  /** From now on these faults, at most one of each kind, and no other. */
  replace(faults: readonly StandingFault[]): void {
    this.#faults = faults;
  }

  /** The fault of that kind, whatever its rate. */
  find<K extends FaultKind>(kind: K): FaultOf<K> | undefined {
    return this.#faults.find((fault): fault is FaultOf<K> => fault.kind === kind);
  }

  /** Those of the present faults that hit this request. */
  hits(request: Fated): Hits {
    if (this.#faults.length === 0) return NO_HITS;
    const hit = this.#faults.filter((fault) => this.uniform(fault.kind, request) < fault.rate);
    return Object.fromEntries(hit.map((fault) => [fault.kind, fault]));
  }

  /** The request's number in [0, 1) for one `purpose`. */
  uniform(purpose: string, request: Fated): number {
    if (request.id === undefined) return this.#random.next();
    const key = `${purpose} ${this.#backendId} ${request.id} ${request.work ?? ''}`;
    return hash32(key, this.#seed) / 0x1_0000_0000;
  }
}
