/**
 * A listening socket and the connections of its clients, whatever they speak: it accepts within the limits,
 * reads PROXY headers from peers that are trusted to send them, and hands connections to its front.
 */

import { chmodSync } from 'node:fs';
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import type { Address, HttpLimits } from '@evenkeel/config';
import type { ListeningOptions } from '../front.ts';
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
import { removeStaleSocket } from './unix-socket.ts';

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
export interface ListenerOptions extends ListeningOptions {
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
  readonly #server: Server;
  readonly #limitNews: RareNews;
  readonly #headerNews: RareNews;
  /** Called when the last client connection is gone. */
  #onEmpty: (() => void) | undefined;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#limitNews = new RareNews(options.clock, SILENCE_MS);
    this.#headerNews = new RareNews(options.clock, SILENCE_MS);
    this.#server = createServer({
      allowHalfOpen: true,
      noDelay: true,
      pauseOnConnect: true,
      keepAlive: options.keepsAlive,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    });
    this.#server.on('connection', (socket) => this.#accept(socket));
    // Without descriptors libuv itself sheds what it cannot accept, says nothing, and goes on when
    // there are some again; other errors of accepting pass as well.
    this.#server.on('error', () => {});
  }

  /**
   * @param descriptor a listening socket that is there already; absent: one is made
   * @throws {Error} with a `code` such as `EADDRINUSE`
   */
  async listen(at: Address, descriptor?: number): Promise<Address> {
    if (descriptor !== undefined) {
      await this.#listening({ fd: descriptor });
      return this.#address;
    }
    const { unix } = at;
    if (unix === undefined) {
      await this.#listening({ host: at.host, port: at.port });
      return this.#address;
    }
    await removeStaleSocket(unix);
    await this.#listening({ path: unix });
    const { socketMode } = this.#options;
    if (socketMode !== undefined) chmodSync(unix, socketMode);
    return at;
  }

  #listening(options: ListenOptions & { readonly fd?: number }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(options, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  get #address(): Address {
    const bound = this.#server.address();
    if (typeof bound === 'string') return { host: '', port: 0, unix: bound };
    return { host: bound?.address ?? '', port: bound?.port ?? 0 };
  }

  stopAccepting(): void {
    if (this.#server.listening) this.#server.close();
  }

  /** Stops accepting and lets what runs end. Resolves when nothing is left, or after `timeoutMs`. */
  async drain(timeoutMs: number): Promise<void> {
    this.stopAccepting();
    for (const client of this.clients) client.drain();
    const { clock } = this.#options;
    await new Promise<void>((resolve) => {
      const timer = clock.after(timeoutMs, resolve);
      this.#onEmpty = (): void => {
        clock.cancel(timer);
        resolve();
      };
      if (this.clients.size === 0) this.#onEmpty();
    });
  }

  /** Ends all connections at once. */
  cutOff(): void {
    this.stopAccepting();
    for (const client of this.clients) client.cutOff();
  }

  /** A connection is gone. */
  forget(client: Client): void {
    this.clients.delete(client);
    if (this.clients.size === 0) this.#onEmpty?.();
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

  #accept(socket: Socket): void {
    const { acceptsProxy, settings, clock, serve } = this.#options;
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
