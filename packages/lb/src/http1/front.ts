/**
 * The HTTP front: a listening socket, its client connections, and the configuration that requests
 * meet. This is the seam between the data plane and whoever composes a load balancer from it.
 */

import type { Balancer, KeySource, Pool, Random } from '@evenkeel/core';
import type { TimerWheel } from '../wheel.ts';
import type { HttpObserver } from './observer.ts';
import type { Forwarding, HttpLimits, HttpTimeouts } from './settings.ts';

/** One service: its endpoints, and the balancer that drives requests through them. */
export interface ServiceGroup {
  readonly name: string;
  /** Endpoint addresses are `host:port`, IPv6 in brackets. */
  readonly pool: Pool;
  readonly balancer: Balancer;
  /** Where the routing key comes from; absent: no key is computed. */
  readonly key?: KeySource | undefined;
}

/** Which requests go to a group. The longest prefix of the exact host wins, then of no host. */
export interface Route {
  /** Compared without case and default port; absent: any host. */
  readonly host?: string | undefined;
  /** A path prefix that ends at a segment's end; absent or `/`: any path. */
  readonly prefix?: string | undefined;
  readonly group: ServiceGroup;
}

/** What requests meet; replaced as a whole. A running request keeps the one that it began with. */
export interface HttpFrontConfig {
  readonly routes: readonly Route[];
  readonly timeouts: HttpTimeouts;
  readonly limits: HttpLimits;
  readonly forwarding: Forwarding;
}

export interface HttpFrontOptions extends HttpFrontConfig {
  readonly clock: TimerWheel;
  readonly random: Random;
  readonly observer: HttpObserver;
}

/** Open connections by side. */
export interface OpenConnections {
  readonly client: number;
  readonly upstream: number;
}

export interface HttpFront {
  /**
   * Starts listening; port 0 picks one.
   * @returns the address bound
   * @throws {Error} with a `code` such as `EADDRINUSE`
   */
  listen(at: { host: string; port: number }): Promise<{ host: string; port: number }>;
  /** Replaces the configuration from the next request on. */
  update(config: HttpFrontConfig): void;
  /** Closes the listening socket; connections go on. */
  stopAccepting(): void;
  /** Stops accepting, closes idle connections, lets requests finish; destroys what is left after `timeoutMs`. */
  drain(timeoutMs: number): Promise<void>;
  /** Destroys everything at once. */
  close(): Promise<void>;
  readonly connections: OpenConnections;
}
