/** Backends as operators see them: what a member of a pool has done and how it is, in one record. */

import { addressFrom, backendUrlOf } from '@evenkeel/config';
import type { EndpointState, Member } from '@evenkeel/core';
import type { Overrides, Source } from './membership/membership.ts';
import type { Traffic } from './metrics/traffic.ts';
import type { Service } from './service.ts';

/** One backend, as the admin API shows it. */
export interface BackendStatus {
  readonly id: string;
  readonly service: string;
  readonly url: string;
  readonly weight: number;
  readonly backup: boolean;
  readonly state: EndpointState;
  /** Attempts running now. */
  readonly inFlight: number;
  /** Attempts ever started, and how many of them failed or repeated an earlier one. */
  readonly requests: number;
  readonly failures: number;
  readonly retries: number;
  /** Time to the first byte of the answer, over the last 10 to 20 s; null without requests. */
  readonly latencyMs: { readonly p50: number | null; readonly p99: number | null };
  /** When the state last changed (ISO 8601). */
  readonly since: string;
  readonly lastError?: string;
  /** When that was (ISO 8601). */
  readonly lastErrorAt?: string;
  readonly priority: number;
  /** Most attempts at once; 0 is no limit. */
  readonly maxConnections: number;
  /** Where it comes from. */
  readonly source: Source;
  /** What the operator set over what the source says. */
  readonly overrides: Overrides;
}

/** The present status of one member. */
export function statusOf(
  member: Member,
  { name: service, membership, config }: Pick<Service, 'name' | 'membership' | 'config'>,
  traffic: Traffic,
): BackendStatus {
  const counted = traffic.backends.get(member.id);
  const [p50 = null, p99 = null] = counted?.latency.percentiles([0.5, 0.99], traffic.now()) ?? [];
  const overrides = membership.overridesOf(member.id);
  const { id, backup, state, inFlight, requests, failures, retries } = member;
  const { priority, maxConnections } = member;
  return {
    id,
    service,
    url: backendUrlOf(addressFrom(member.address), config.mode),
    weight: overrides.weight ?? member.weight,
    backup,
    state,
    inFlight,
    requests,
    failures,
    retries,
    latencyMs: { p50, p99 },
    priority,
    maxConnections,
    source: membership.sourceOf(id) ?? 'file',
    overrides,
    since: dateOf(member.sinceMs),
    ...(counted?.lastError === undefined
      ? {}
      : { lastError: counted.lastError, lastErrorAt: dateOf(counted.lastErrorMs) }),
  };
}

/** @param ms monotonic, from the start of the process */
function dateOf(ms: number): string {
  return new Date(performance.timeOrigin + ms).toISOString();
}
