/**
 * The connections that come to one front, whatever they speak: they are accepted within the limits, PROXY headers
 * are read from peers that are trusted to send them, and the front gets what is left.
 */

import type { Socket } from 'node:net';
import type { HttpLimits } from '@evenkeel/config';
import type { AcceptOptions } from '../front.ts';
import type { ConnectionLimit, FrontObserver, ProxyHeaderFault } from '../observer.ts';
import { RareNews } from '../rare-news.ts';
import type { TimerWheel } from '../wheel.ts';
import { type Accepted, type Ends, endsOf } from './accepted.ts';
import type { Client } from './client.ts';
import { ClientTable } from './client-table.ts';
import { isTrusted, type Trust, UNIX_PEER, unmapped } from './peer-address.ts';
import { PendingConnection, type PendingOwner } from './pending-connection.ts';
import type { HeaderFault } from './proxy-header.ts';
import { SignatureGuard } from './signature-guard.ts';

/** How long the same want is not told again. */
const SILENCE_MS = 60_000;
/** When the system begins to ask a silent peer whether it is still there. */
export const KEEP_ALIVE_MS = 60_000;

/** What a listener asks of a connection, by the configuration of the moment. */
export interface ListenerSettings {
  readonly limits: Pick<HttpLimits, 'connections' | 'connectionsPerAddress'>;
  readonly trust: Trust;
  /** How long a PROXY header may take. */
  readonly headerMs: number;
}

/** What a listener is made with. */
export interface ListenerOptions extends AcceptOptions {
  readonly clock: TimerWheel;
  readonly observer: FrontObserver;
  /** The system asks silent clients whether they are still there. */
  readonly keepsAlive: boolean;
  readonly settings: () => ListenerSettings;
  /** Takes a connection over; it is to do nothing before it is started. */
  readonly serve: (accepted: Accepted) => Client;
}

export class Listener implements PendingOwner {
  readonly clients: ClientTable<Client> = new ClientTable<Client>();
  readonly #options: ListenerOptions;
  readonly #limitNews: RareNews;
  readonly #headerNews: RareNews;
  /** Called when the last client connection is gone. */
  readonly #onEmpty = new Set<() => void>();

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#limitNews = new RareNews(options.clock, SILENCE_MS);
    this.#headerNews = new RareNews(options.clock, SILENCE_MS);
  }

  /** Lets what runs end. Resolves when nothing is left, or after `timeoutMs`. */
  async drain(timeoutMs: number): Promise<void> {
    for (const client of this.clients) client.drain();
    const { clock } = this.#options;
    if (this.clients.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = clock.after(timeoutMs, () => done());
      const done = (): void => {
        clock.cancel(timer);
        this.#onEmpty.delete(done);
        resolve();
      };
      this.#onEmpty.add(done);
    });
  }

  /** Ends all connections at once. */
  cutOff(): void {
    for (const client of this.clients) client.cutOff();
  }

  /** A connection is gone. */
  forget(client: Client): void {
    this.clients.delete(client);
    if (this.clients.size === 0) for (const done of this.#onEmpty) done();
  }

  headerRead(pending: PendingConnection, ends: Ends, rest: Buffer): void {
    const isOverLimit = !this.#hasRoomAt(ends.remoteAddress);
    this.forget(pending);
    if (isOverLimit) pending.socket.destroy();
    else this.#begin(this.#options.serve({ socket: pending.socket, ends }), rest);
  }

  headerFailed(pending: PendingConnection, fault: HeaderFault | undefined): void {
    this.forget(pending);
    if (fault !== undefined) this.#headerRefused(fault);
  }

  readonly #untrusted = (): void => this.#headerRefused('untrusted');

  /** A connection was closed for its PROXY header, or for want of one. */
  #headerRefused(fault: ProxyHeaderFault): void {
    this.#options.observer.proxyHeaderRefused?.(fault, this.#headerNews.isDue());
  }

  /** Takes a new connection, which is paused. */
  accept(socket: Socket): void {
    const { acceptsProxy, keepsAlive, settings, clock, serve } = this.#options;
    if (keepsAlive) socket.setKeepAlive(true, KEEP_ALIVE_MS);
    const { trust, headerMs } = settings();
    const ends = endsOf(socket);
    const isPending = acceptsProxy && isTrusted(unmapped(ends.remoteAddress), trust);
    // For whom a trusted peer speaks is known when its header is.
    if (!this.#hasRoom() || (!isPending && !this.#hasRoomAt(ends.remoteAddress))) {
      socket.destroy();
    } else if (isPending) {
      this.#begin(new PendingConnection(socket, clock, headerMs, this), undefined);
    } else {
      const guard = acceptsProxy ? new SignatureGuard(this.#untrusted) : undefined;
      this.#begin(serve({ socket, ends, guard }), undefined);
    }
  }

  #begin(client: Client, rest: Buffer | undefined): void {
    this.clients.add(client);
    client.start(rest);
  }

  /** At the limit, the connection that has been idle for longest makes room. */
  #hasRoom(): boolean {
    const { connections } = this.#options.settings().limits;
    if (this.clients.size >= connections) this.clients.longestIdle?.destroy();
    if (this.clients.size < connections) return true;
    this.#refused('connections');
    return false;
  }

  #hasRoomAt(address: string): boolean {
    const { limits, trust } = this.#options.settings();
    const most = limits.connectionsPerAddress;
    if (most === 0 || address === UNIX_PEER || this.clients.countAt(address) < most) return true;
    if (isTrusted(unmapped(address), trust)) return true;
    this.#refused('connectionsPerAddress');
    return false;
  }

  #refused(limit: ConnectionLimit): void {
    this.#options.observer.connectionRefused?.(limit, this.#limitNews.isDue());
  }
}
