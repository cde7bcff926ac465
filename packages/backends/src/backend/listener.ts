/**
 * The listening socket, which the `refuse` fault closes: the kernel itself then refuses, as it does
 * for a program that is not there. Connections that are open and idle are closed with it.
 *
 * No request can be asked whether it hits, since none is ever read. With a rate below 1 the socket
 * is therefore closed for that share of the time, in slices that the seed draws.
 */

import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { Clock, Random, TimerId } from '@evenkeel/core';

/** How long the socket stays open or closed while the rate is below 1. */
const SLICE_MS = 50;

/** How long idle connections outlive the listening socket when the backend leaves. */
const GRACE_MS = 200;

/** Opens and closes the listening socket of one backend. */
export class Listener {
  readonly #server: Server;
  readonly #port: number;
  readonly #host: string;
  readonly #clock: Clock;
  readonly #random: Random;
  #timer: TimerId = 0;
  /** Opening takes a turn of the event loop: whatever comes meanwhile waits for it. */
  #last: Promise<void> = Promise.resolve();

  constructor(server: Server, port: number, host: string, clock: Clock, random: Random) {
    this.#server = server;
    this.#port = port;
    this.#host = host;
    this.#clock = clock;
    this.#random = random;
  }

  get isOpen(): boolean {
    return this.#server.listening;
  }

  /** From now on refuses for `rate` of the time: 0 opens the socket, 1 closes it. Rejects when the port is taken. */
  refuse(rate: number): Promise<void> {
    this.#clock.cancel(this.#timer);
    if (rate > 0 && rate < 1) {
      // Should the port be taken meanwhile, the next slice tries again.
      this.#timer = this.#clock.after(SLICE_MS, () => this.refuse(rate).catch(() => {}));
    }
    const closes = this.#random.next() < rate;
    const moved = this.#last.then(() => (closes ? this.#close() : this.#open()));
    this.#last = moved.catch(() => {});
    return moved;
  }

  /**
   * Closes for good, as a well-behaved server does before it ends: idle connections stay open for a
   * grace, in which a request that is on its way is still answered, with `Connection: close`.
   * A request that met a closing connection could not be repeated safely, unless idempotent.
   */
  async leave(): Promise<void> {
    this.#clock.cancel(this.#timer);
    await this.#last;
    // The listening socket alone: the method of http.Server would close idle connections with it.
    if (this.isOpen) NetServer.prototype.close.call(this.#server);
    await new Promise<void>((resolve) => this.#clock.after(GRACE_MS, resolve));
    this.#server.closeIdleConnections();
  }

  #close(): void {
    if (this.isOpen) this.#server.close();
  }

  #open(): Promise<void> {
    if (this.isOpen) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, this.#host, () => {
        this.#server.removeListener('error', reject);
        resolve();
      });
    });
  }
}
