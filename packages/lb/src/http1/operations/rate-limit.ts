/**
 * Rate limits: each client has a bucket of tokens, and a request without one is answered with 429. Clients
 * learn how they stand from Retry-After and the RateLimit fields (draft-ietf-httpapi-ratelimit-headers-11).
 */

import { hash } from 'node:crypto';
import type { KeySource } from '@evenkeel/core';
import { networkOf } from '../../listener/peer-address.ts';
import type { RequestFacts } from '../../stream.ts';
import { TOO_MANY_REQUESTS } from '../failures.ts';
import { keyIn } from '../routing-key.ts';
import type { Check } from './operation.ts';
import { type BucketTerms, type Taken, TokenBuckets } from './token-buckets.ts';

/** A rate limit, complete. */
export interface RateLimit extends BucketTerms {
  /** What it is for; limits of one scope share their buckets. */
  readonly scope: string;
  readonly key: KeySource;
}

/** The buckets of all rate limits by scope: kept over reloads, and shared by all fronts. */
export class RateLimits {
  readonly #buckets = new Map<string, TokenBuckets>();

  /** Those of a limit, under its terms from now on. @param now monotonic milliseconds */
  bucketsOf(limit: RateLimit, now: () => number): TokenBuckets {
    const known = this.#buckets.get(limit.scope);
    if (known !== undefined) {
      known.change(limit);
      return known;
    }
    const buckets = new TokenBuckets(limit, now);
    this.#buckets.set(limit.scope, buckets);
    return buckets;
  }

  /** Lets all go but these. */
  retain(scopes: ReadonlySet<string>): void {
    for (const scope of [...this.#buckets.keys()]) {
      if (!scopes.has(scope)) this.#buckets.delete(scope);
    }
  }
}

const MS_PER_SECOND = 1000;

export function rateCheck(limit: RateLimit, buckets: TokenBuckets): Check {
  const { count, periodMs, burst, key } = limit;
  const windowSeconds = seconds((burst * periodMs) / count);
  const policyLine = `RateLimit-Policy: "default";q=${burst};w=${windowSeconds}\r\n`;
  return (request, facts) => {
    const taken = buckets.take(clientKey(key, facts, request.clientAddress));
    request.responseLines += policyLine + stateLine(taken);
    if (taken.isGranted) return undefined;
    const lines = `Retry-After: ${seconds(taken.nextMs)}\r\n`;
    return { status: TOO_MANY_REQUESTS, reason: 'rate-limited', answer: { lines } };
  };
}

function stateLine({ remaining, fullMs }: Taken): string {
  return `RateLimit: "default";r=${remaining};t=${seconds(fullMs)}\r\n`;
}

/** Whole seconds, rounded up: a client that waits so long does not come too early. */
function seconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / MS_PER_SECOND));
}

/** A key that is longer is remembered by its hash, so that clients cannot choose how much memory they take. */
const KEY_CHARS_MAX = 64;

/** What stands for a client; a request without the field or cookie counts for its address. */
function clientKey(source: KeySource, facts: RequestFacts, clientAddress: string): string {
  const key = keyIn(source, facts);
  if (key === undefined) return `address ${networkOf(clientAddress)}`;
  return key.length > KEY_CHARS_MAX ? `hash ${hash('sha256', key, 'base64')}` : `key ${key}`;
}
