/**
 * Requests as they were recorded, to be met again: a live run's arrivals and work in virtual time, or those of
 * one simulation under another strategy.
 */

import { hash32 } from '@evenkeel/core';
import { keyName, type PlannedRequest, type RequestSource } from '../scenario/arrivals.ts';

/** What has to be known of a request; a `PlannedRequest` has it all. */
export type RecordedRequest = Pick<PlannedRequest, 'atMs' | 'work'> &
  Partial<Pick<PlannedRequest, 'method' | 'key'>>;

/** The recorded requests, in the order of the list, which is that of their times. */
export function recordedRequests(list: readonly RecordedRequest[]): RequestSource {
  return new RecordedSource(list);
}

class RecordedSource implements RequestSource {
  readonly #list: readonly RecordedRequest[];
  index = -1;

  constructor(list: readonly RecordedRequest[]) {
    this.#list = list;
  }

  advance(): boolean {
    if (this.index + 1 >= this.#list.length) return false;
    this.index++;
    return true;
  }

  get atMs(): number {
    return this.#list[this.index]?.atMs ?? 0;
  }

  get work(): number {
    return this.#list[this.index]?.work ?? 0;
  }

  get serviceMs(): number {
    return Number.NaN;
  }

  get post(): boolean {
    return this.#list[this.index]?.method === 'POST';
  }

  get key(): number {
    return this.index;
  }

  hashOf(key: number): number {
    return hash32(this.#list[key]?.key ?? keyName(0));
  }
}
