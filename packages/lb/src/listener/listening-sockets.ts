/**
 * All listening sockets of a balancer, and how one set of them follows another: a listener that stays where it is
 * keeps its socket, new ones are opened before anything changes, and those that are wanted no more are closed last.
 */

import type { Socket } from 'node:net';
import { type Address, formatAddress, type Mode } from '@evenkeel/config';
import { overlaps } from '../config/listeners.ts';
import type { ListenerConfig } from '../config/types.ts';
import { ListeningSocket } from './listening-socket.ts';

/** Where a listener listens, and what it speaks. */
export interface Listening {
  readonly mode: Mode;
  readonly address: Address;
}

/** A listener that is to be, with its socket, and what has used that until now. */
export interface Wanted<U> {
  /** Two listeners of one key are one and the same, before and after a reload. */
  readonly key: string;
  readonly listener: ListenerConfig;
  readonly socket: ListeningSocket;
  readonly before: Place<U> | undefined;
}

/** A socket that is in use. */
interface Place<U> extends Omit<Wanted<U>, 'before'>, Listening {
  readonly user: U;
}

/** What uses a socket from now on, and takes its connections. */
export interface Use<U> {
  readonly user: U;
  readonly accept: (socket: Socket) => void;
}

/** @template U what uses a socket */
export class ListeningSockets<U> {
  /** Each is used once: when it is closed the number may stand for something else. */
  readonly #descriptors: (number | undefined)[];
  #places: readonly Place<U>[] = [];

  /** @param descriptors sockets that are there already, for the first listeners, whatever address they name */
  constructor(descriptors: readonly number[] = []) {
    this.#descriptors = [...descriptors];
  }

  get users(): readonly U[] {
    return this.#places.map(({ user }) => user);
  }

  get listening(): readonly Listening[] {
    return this.#places.map(({ mode, address }) => ({ mode, address }));
  }

  /**
   * Opens what is not open yet.
   * @throws {Error} with a `code` such as `EADDRINUSE`; nothing was opened then
   */
  async prepare(
    listeners: readonly ListenerConfig[],
  ): Promise<{ wanted: readonly Wanted<U>[]; opened: readonly ListeningSocket[] }> {
    const free = [...this.#places];
    const opened: ListeningSocket[] = [];
    const wanted: Wanted<U>[] = [];
    try {
      for (const [index, listener] of listeners.entries()) {
        const key = index < this.#descriptors.length ? `${index}` : formatAddress(listener.at);
        const at = free.findIndex((place) => place.key === key);
        const [place] = at < 0 ? [] : free.splice(at, 1);
        const socket = place?.socket ?? (await this.#open(listener, index));
        if (place === undefined) opened.push(socket);
        wanted.push({ key, listener, socket, before: place });
      }
    } catch (error) {
      for (const socket of opened) socket.close();
      throw error;
    }
    return { wanted, opened };
  }

  /**
   * Makes these the sockets.
   * @param use says what uses each
   * @returns what is different about where it listens, in a few words each
   */
  commit(
    wanted: readonly Wanted<U>[],
    use: (wanted: Wanted<U>, index: number) => Use<U>,
  ): string[] {
    const old = this.#places;
    const troubles: string[] = [];
    this.#places = wanted.map((one, index) => {
      const { before, ...place } = one;
      const { socket, listener } = place;
      const { user, accept } = use(one, index);
      if (user !== before?.user) socket.serveBy(accept);
      if (before !== undefined && before.listener.socketMode !== listener.socketMode) {
        troubles.push(...modeTrouble(socket, listener));
      }
      return { ...place, user, mode: listener.mode, address: socket.address };
    });
    const now = this.#places;
    for (const { socket } of old) {
      if (!now.some((place) => place.socket === socket)) socket.close();
    }
    return [...told('now listening on', now, old), ...told('no longer on', old, now), ...troubles];
  }

  close(): void {
    for (const { socket } of this.#places) socket.close();
  }

  async #open({ at, socketMode }: ListenerConfig, index: number): Promise<ListeningSocket> {
    const descriptor = this.#descriptors[index];
    if (descriptor !== undefined) this.#descriptors[index] = undefined;
    try {
      return await ListeningSocket.open(at, { descriptor, socketMode });
    } catch (error) {
      const twin = this.#places.find(({ listener }) => overlaps(listener.at, at));
      if (twin === undefined) throw error;
      throw Object.assign(error as Error, { heldBy: formatAddress(twin.listener.at) });
    }
  }
}

/** As the ready line has it. */
export function urlOf({ mode, address }: Listening): string {
  return `${mode}://${formatAddress(address)}`;
}

/** What is listened at in one list and not in the other. */
function told(what: string, list: readonly Listening[], other: readonly Listening[]): string[] {
  const names = (listenings: readonly Listening[]): string[] => listenings.map(urlOf);
  const others = new Set(names(other));
  const own = names(list).filter((name) => !others.has(name));
  return own.length === 0 ? [] : [`${what} ${own.join(' ')}`];
}

/** Changes the permissions; its file may have been removed. */
function modeTrouble(socket: ListeningSocket, { socketMode }: ListenerConfig): string[] {
  try {
    socket.setMode(socketMode);
    return [];
  } catch (error) {
    return [`socketMode was not changed: ${(error as Error).message}`];
  }
}
