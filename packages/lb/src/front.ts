/**
 * What any front is, whatever protocol its clients speak: it is given connections, serves them
 * through service groups, and ends without losing what runs.
 */

import type { Socket } from 'node:net';
import type { Balancer, Endpoint, Pool } from '@evenkeel/core';
import type { ProxyVersion } from './config/types.ts';

/** One group of backends as a front uses it. */
export interface ServiceGroup {
  readonly name: string;
  /** Endpoint addresses are as `formatAddress` writes them. */
  readonly pool: Pool;
  readonly balancer: Balancer;
  /** The version of the PROXY header with which connections to endpoints begin; absent: none. */
  readonly sendProxyProtocol?: ProxyVersion | undefined;
  /** Hears of each endpoint that has left and whose last attempt has ended. @returns stops that */
  onDeparted(listener: (endpoint: Endpoint) => void): () => void;
}

/** How a front accepts connections; set once. */
export interface AcceptOptions {
  /** Peers that are trusted begin with a PROXY header, and no others may. */
  readonly acceptsProxy: boolean;
}

/** Open connections by side. */
export interface OpenConnections {
  readonly client: number;
  readonly upstream: number;
}

/** A front. */
export interface Front {
  /** Takes a new connection, which is paused. */
  accept(socket: Socket): void;
  /** From now on each response closes its connection; new connections still come. */
  announceEnd(): void;
  /** Closes idle connections, lets the rest end, and destroys what is left after `timeoutMs`; to be given no more. */
  drain(timeoutMs: number): Promise<void>;
  /** Destroys everything at once. */
  close(): Promise<void>;
  readonly connections: OpenConnections;
}
