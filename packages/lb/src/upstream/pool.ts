/**
 * Kept-alive connections to the endpoints of one service: last in, first out, so that surplus ones
 * grow old and are closed.
 *
 * Every connection is either with a user or idle here. An idle one is watched: it leaves by its
 * timeout, by FIN, or by anything that the backend says unasked.
 */

import { type Address, addressFrom, formatAddress } from '@evenkeel/config';
import type { Endpoint, Pool } from '@evenkeel/core';
import type { HttpLimits, HttpTimeouts } from '../http1/settings.ts';
import type { TimerWheel } from '../wheel.ts';
import { UpstreamConnection, type UpstreamHome, type UpstreamUser } from './connection.ts';

/** Longest idle time that a backend's `Keep-Alive: timeout` can ask for. */
const LONGEST_HINT_MS = 300_000;

/**
 * How long a connection rests after a response to HEAD, a 204 or a 304. A backend that sends a body all the
 * same sends it within moments, and it would be taken for the next client's response.
 */
const PARKED_MS = 50;

/** How an exchange on a connection ended. */
export interface Exchanged {
  /** What the backend said of its own idle timeout; −1: nothing. */
  readonly hintSeconds: number;
  /** The response had no body by its status or its request's method. */
  readonly isBodiless: boolean;
}

/** What all pools of a front share. */
export interface UpstreamEnvironment {
  readonly clock: TimerWheel;
  readonly created: (backend: string) => void;
  /** Open connections of the front; the pools count here. */
  readonly open: Set<UpstreamConnection>;
}

/** The settings of the moment. */
export interface UpstreamSettings {
  /** Goes out first, and is for this user alone: the connection is fresh, and used once. */
  readonly greeting?: Buffer | undefined;
  readonly timeouts: HttpTimeouts;
  readonly limits: HttpLimits;
}

/** The connections to one endpoint. */
class EndpointConnections implements UpstreamHome {
  readonly endpoint: Endpoint;
  readonly clock: TimerWheel;
  readonly idle: UpstreamConnection[] = [];
  readonly address: Address;
  readonly #open: Set<UpstreamConnection>;
  /** It has sent bytes after the end of a bodiless response. */
  isDistrusted = false;

  constructor(endpoint: Endpoint, address: string, environment: UpstreamEnvironment) {
    this.endpoint = endpoint;
    this.clock = environment.clock;
    this.#open = environment.open;
    this.address = addressFrom(address);
  }

  distrust(): void {
    this.isDistrusted = true;
  }

  forget(connection: UpstreamConnection): void {
    this.#open.delete(connection);
    const at = this.idle.indexOf(connection);
    if (at >= 0) this.idle.splice(at, 1);
  }
}

export class UpstreamPool {
  readonly #pool: Pool;
  readonly #environment: UpstreamEnvironment;
  readonly #bySlot: (EndpointConnections | undefined)[] = [];
  #retired = false;

  constructor(pool: Pool, environment: UpstreamEnvironment) {
    this.#pool = pool;
    this.#environment = environment;
  }

  /**
   * A connection for one request. If it is not connected yet, the user is told when it is.
   * @param fresh do not use an idle one
   */
  acquire(
    endpoint: Endpoint,
    user: UpstreamUser,
    fresh: boolean,
    settings: UpstreamSettings,
  ): UpstreamConnection {
    const { greeting } = settings;
    const home = this.#home(endpoint);
    let connection = fresh || greeting !== undefined ? undefined : home.idle.pop();
    if (connection === undefined) {
      const { connectMs } = settings.timeouts;
      connection = new UpstreamConnection(home, home.address, connectMs, greeting);
      this.#environment.open.add(connection);
      this.#environment.created(endpoint.id);
    }
    connection.user = user;
    connection.requests++;
    return connection;
  }

  /** Takes a connection back after a complete exchange. */
  release(
    connection: UpstreamConnection,
    endpoint: Endpoint,
    { hintSeconds, isBodiless }: Exchanged,
    settings: UpstreamSettings,
  ): void {
    connection.user = undefined;
    if (connection.isClosed) return;
    const { timeouts, limits } = settings;
    const home = this.#bySlot[endpoint.slot];
    const idleMs =
      hintSeconds < 0
        ? timeouts.upstreamKeepAliveMs
        : Math.min((hintSeconds - 1) * 1000, LONGEST_HINT_MS);
    const isWorn =
      connection.isPrivate ||
      connection.requests >= limits.requestsPerConnection ||
      this.#environment.clock.now() - connection.createdMs >= limits.connectionAgeMs;
    if (isWorn || idleMs <= 0 || home?.endpoint !== endpoint || (isBodiless && home.isDistrusted)) {
      connection.destroy();
    } else if (isBodiless) {
      connection.park(PARKED_MS, () => this.#keep(connection, home, idleMs, limits));
    } else {
      this.#keep(connection, home, idleMs, limits);
    }
  }

  /** Bytes came right behind a bodiless response of this endpoint: it will not be trusted after another. */
  distrust(endpoint: Endpoint): void {
    this.#home(endpoint).distrust();
  }

  #keep(
    connection: UpstreamConnection,
    home: EndpointConnections,
    idleMs: number,
    limits: HttpLimits,
  ): void {
    const isCurrent = this.#bySlot[home.endpoint.slot] === home;
    if (this.#retired || !isCurrent || home.idle.length >= limits.idlePerEndpoint) {
      connection.destroy();
      return;
    }
    connection.arm(idleMs);
    home.idle.push(connection);
  }

  /** The endpoint has left: its idle connections go. */
  forget(endpoint: Endpoint): void {
    const home = this.#bySlot[endpoint.slot];
    if (home?.endpoint !== endpoint) return;
    for (const connection of [...home.idle]) connection.destroy();
    this.#bySlot[endpoint.slot] = undefined;
  }

  /** Closes what is idle, and from now on whatever comes back. */
  retire(): void {
    this.#retired = true;
    for (const home of this.#bySlot) {
      for (const connection of [...(home?.idle ?? [])]) connection.destroy();
    }
  }

  #home(endpoint: Endpoint): EndpointConnections {
    const known = this.#bySlot[endpoint.slot];
    if (known?.endpoint === endpoint) return known;
    // The slot's last endpoint has left; its connections are closed.
    for (const connection of [...(known?.idle ?? [])]) connection.destroy();
    const address = this.#pool.member(endpoint.id)?.address ?? '';
    const home = new EndpointConnections(endpoint, address, this.#environment);
    this.#bySlot[endpoint.slot] = home;
    return home;
  }

  /** The Host of an endpoint: the `host:port` at which it is found; a Unix socket has no name of its own. */
  hostOf(endpoint: Endpoint): string {
    const { address } = this.#home(endpoint);
    return address.unix === undefined ? formatAddress(address) : 'localhost';
  }
}
