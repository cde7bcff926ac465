/**
 * What any front is, whatever protocol its clients speak: it accepts connections at one or several
 * addresses, serves them through service groups, and ends without losing what runs.
 */

import type { Address } from '@evenkeel/config';
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
export interface ListeningOptions {
  /** Peers that are trusted begin with a PROXY header, and no others may. */
  readonly acceptsProxy: boolean;
  /** Permissions of a Unix socket; absent: what the umask leaves. */
  readonly socketMode?: number | undefined;
}

/** Open connections by side. */
export interface OpenConnections {
  readonly client: number;
  readonly upstream: number;
}

/** A front. */
export interface Front {
  /**
   * Starts listening; port 0 picks one.
   * @param descriptor a listening socket that is to be used in place of a new one
   * @returns the address bound
   * @throws {Error} with a `code` such as `EADDRINUSE`
   */
  listen(at: Address, descriptor?: number): Promise<Address>;
  /** From now on each response closes its connection; new connections are still accepted. */
  announceEnd(): void;
  /** Closes the listening sockets; connections go on. */
  stopAccepting(): void;
  /** Stops accepting, closes idle connections, lets the rest end; destroys what is left after `timeoutMs`. */
  drain(timeoutMs: number): Promise<void>;
  /** Destroys everything at once. */
  close(): Promise<void>;
  readonly connections: OpenConnections;
}
