/**
 * What each backend did in the last minute, in slices: its counters are read every few seconds, so that
 * traffic pays nothing for it. Bounded: a dozen numbers for each backend that there is.
 */

import type { Member } from '@evenkeel/core';

export const SLICE_MS = 5_000;
/** Whole slices that are kept; the present one comes on top. */
const SLICES = 12;

/** Attempts begun and failed in each slice, the oldest first; the last slice is not over yet. */
export interface Slices {
  readonly requests: readonly number[];
  readonly failures: readonly number[];
}

type Counters = Pick<Member, 'id' | 'requests' | 'failures'>;

interface Kept {
  readonly requests: number[];
  readonly failures: number[];
  /** The counters at the end of the last whole slice. */
  requestsThen: number;
  failuresThen: number;
}

export class LastMinute {
  readonly #members: () => Iterable<Counters>;
  #kept = new Map<string, Kept>();
  #timer: NodeJS.Timeout | undefined;

  constructor(members: () => Iterable<Counters>) {
    this.#members = members;
  }

  start(): void {
    this.turn();
    this.#timer = setInterval(() => this.turn(), SLICE_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  of({ id, requests, failures }: Counters): Slices {
    const kept = this.#kept.get(id);
    if (kept === undefined) return { requests: [requests], failures: [failures] };
    return {
      requests: [...kept.requests, since(requests, kept.requestsThen)],
      failures: [...kept.failures, since(failures, kept.failuresThen)],
    };
  }

  /** Ends the present slice. Backends that have left are forgotten. */
  turn(): void {
    const next = new Map<string, Kept>();
    for (const member of this.#members()) {
      const slices = this.of(member);
      next.set(member.id, {
        requests: slices.requests.slice(-SLICES),
        failures: slices.failures.slice(-SLICES),
        requestsThen: member.requests,
        failuresThen: member.failures,
      });
    }
    this.#kept = next;
  }
}

/** A newcomer with the id of one that has left counts from 0. */
function since(now: number, then: number): number {
  return now < then ? now : now - then;
}
