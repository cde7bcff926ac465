/**
 * The faults that a backend has at the moment. Whether one with a rate hits a request is read off a hash of
 * fault, backend and request, as in the live fleet: one fixed table of requests × backends, whatever
 * the strategy, and a retry at another backend is a fresh throw.
 */

import { hash32 } from '@evenkeel/core';
import type { Fault, FaultKind } from '../scenario/types.ts';
import type { Job } from './job.ts';

type FaultOf<K extends FaultKind> = Fault & { readonly kind: K };

/** See above. */
export class ActiveFaults {
  readonly #backendId: string;
  readonly #seed: number;
  readonly #faults = new Map<FaultKind, Fault>();
  #failedFirst = 0;
  #leakedMs = 0;

  constructor(backendId: string, seed: number) {
    this.#backendId = backendId;
    this.#seed = seed;
  }

  get size(): number {
    return this.#faults.size;
  }

  /** Service time added to every request by now. */
  get leakedMs(): number {
    return this.#leakedMs;
  }

  /** Sets a fault in place of one of its kind. */
  set(fault: Fault): void {
    this.clear(fault.kind);
    this.#faults.set(fault.kind, fault);
  }

  clear(kind: FaultKind): void {
    this.#faults.delete(kind);
    if (kind === 'failFirst') this.#failedFirst = 0;
    if (kind === 'leak') this.#leakedMs = 0;
  }

  /** The process started anew: what it counted is gone. */
  startedAnew(): void {
    this.#failedFirst = 0;
    this.#leakedMs = 0;
  }

  /** The fault of this kind, whatever its rate. */
  get<K extends FaultKind>(kind: K): FaultOf<K> | undefined {
    return this.#faults.get(kind) as FaultOf<K> | undefined;
  }

  /** The fault of this kind, if it hits this job's request. */
  meets<K extends FaultKind>(kind: K, job: Job): FaultOf<K> | undefined {
    const fault = this.get(kind);
    if (fault === undefined || !('rate' in fault) || fault.rate >= 1) return fault;
    return this.draw(kind, job) < fault.rate ? fault : undefined;
  }

  /** As `meets('failFirst')`, and counts the request. To be asked once per request. */
  failsFirst(job: Job): FaultOf<'failFirst'> | undefined {
    const fault = this.meets('failFirst', job);
    return this.#failedFirst++ < (this.get('failFirst')?.n ?? 0) ? fault : undefined;
  }

  /** A request was served: it may have left something behind. */
  served(job: Job): void {
    this.#leakedMs += this.meets('leak', job)?.msPerRequest ?? 0;
  }

  /** The request's own number in [0, 1) for a purpose. */
  draw(purpose: string, { request }: Job): number {
    const text = `${purpose} ${this.#backendId} ${request?.index ?? ''} ${request?.work ?? ''}`;
    return hash32(text, this.#seed) / 0x1_0000_0000;
  }
}
