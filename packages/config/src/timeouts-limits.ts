/** The schema of timeouts and limits: of the whole balancer, and those that a service may have of its own. */

import { z } from 'zod';
import { bytes, integer, mapping, milliseconds } from './fields.ts';
import type { HttpLimits, HttpTimeouts, ShutdownTimes } from './limit-types.ts';
import type { ServiceLimits, ServiceTimeouts } from './operation-types.ts';

const optional = z.exactOptional;

const timeoutKeys = {
  connectMs: optional(milliseconds()),
  responseHeadMs: optional(milliseconds()),
  bodyIdleMs: optional(milliseconds()),
  clientHeadMs: optional(milliseconds()),
  clientKeepAliveMs: optional(milliseconds()),
  upstreamKeepAliveMs: optional(milliseconds()),
  tunnelIdleMs: optional(milliseconds()),
  tcpIdleMs: optional(milliseconds()),
  halfClosedMs: optional(milliseconds()),
  totalMs: optional(milliseconds(0)),
  drainMs: optional(milliseconds(0)),
  shutdownDelayMs: optional(milliseconds(0)),
};

const limitKeys = {
  targetBytes: optional(bytes(64, 1_048_576)),
  headBytes: optional(bytes(256, 1_048_576)),
  fields: optional(integer(8, 10_000)),
  bodyBytes: optional(bytes(0)),
  chunkExtensionBytes: optional(bytes(0, 65_536)),
  trailerBytes: optional(bytes(0, 1_048_576)),
  replayBytes: optional(bytes(0, 16_777_216)),
  connections: optional(integer(1, 1_000_000)),
  connectionsPerAddress: optional(integer(0, 1_000_000)),
  minBytesPerSecond: optional(bytes(0, 1_000_000_000)),
  idlePerEndpoint: optional(integer(0, 100_000)),
  requestsPerConnection: optional(integer(1, Number.MAX_SAFE_INTEGER)),
  connectionAgeMs: optional(milliseconds()),
};

/** Those of the whole balancer. */
export const timeouts: z.ZodType<Partial<HttpTimeouts & ShutdownTimes>> = mapping(timeoutKeys);
export const limits: z.ZodType<Partial<HttpLimits>> = mapping(limitKeys);

const early = optional(
  z.never({ error: 'must be set at the top level: it counts before a request has a service' }),
);

/** Those of one service; what it does not give is the whole balancer's. */
export const serviceTimeouts: z.ZodType<ServiceTimeouts> = mapping({
  ...timeoutKeys,
  clientHeadMs: early,
  clientKeepAliveMs: early,
  drainMs: early,
  shutdownDelayMs: early,
});
export const serviceLimits: z.ZodType<ServiceLimits> = mapping({
  ...limitKeys,
  targetBytes: early,
  headBytes: early,
  fields: early,
  chunkExtensionBytes: early,
  trailerBytes: early,
  connections: early,
  connectionsPerAddress: early,
});
