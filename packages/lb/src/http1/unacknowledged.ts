/**
 * How much of what was written to a socket the other side has not acknowledged. Node tells only what the
 * system has not accepted yet, and the system accepts megabytes that a slow reader needs minutes for: between
 * two of its looks, a steady reader and a dead one are the same. Linux tells the rest in /proc/net/tcp, one line
 * per socket; it is read at most five times a second, for all that ask. Elsewhere the system's share counts as taken.
 */

import { readFile } from 'node:fs';
import type { Socket } from 'node:net';
import type { Clock } from '@evenkeel/core';
import { addressBytes } from '../listener/peer-address.ts';

const LEAST_INTERVAL_MS = 200;

type Told = (bytes: number) => void;

/** Parts of a socket that are not documented; without them the estimate is coarser. */
interface Handled {
  readonly _handle?: { readonly writeQueueSize?: number } | null;
}

export class Unacknowledged {
  readonly #clock: Clock;
  #asked = new Map<Socket, Told>();
  #isReading = false;
  #readMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Tells soon how many bytes; once per question. */
  of(socket: Socket, told: Told): void {
    this.#asked.set(socket, told);
    if (this.#isReading) return;
    this.#isReading = true;
    const dueMs = this.#readMs + LEAST_INTERVAL_MS;
    const waitMs = dueMs - this.#clock.now();
    if (waitMs > 0) this.#clock.after(waitMs, () => this.#read());
    else this.#read();
  }

  #read(): void {
    this.#readMs = this.#clock.now();
    readFile('/proc/net/tcp', 'latin1', (_error, four = '') => {
      readFile('/proc/net/tcp6', 'latin1', (_also, six = '') => {
        const queues = transmitQueues(four + six);
        const asked = this.#asked;
        this.#asked = new Map();
        this.#isReading = false;
        for (const [socket, told] of asked) {
          told(queuedHere(socket) + (queues.get(keyOf(socket)) ?? 0));
        }
      });
    });
  }
}

/** What has not been handed to the system. */
function queuedHere(socket: Socket): number {
  return (socket as Handled)._handle?.writeQueueSize ?? socket.writableLength;
}

/** The bytes that the system holds for each connection, by both its ends. */
function transmitQueues(table: string): Map<string, number> {
  const queues = new Map<string, number>();
  for (const line of table.split('\n')) {
    const fields = /^ *\d+: ([\dA-F]+):([\dA-F]+) ([\dA-F]+):([\dA-F]+) [\dA-F]+ ([\dA-F]+):/.exec(
      line,
    );
    if (fields === null) continue;
    const [, local = '', localPort, remote = '', remotePort, queued = ''] = fields;
    const key = `${fourOf(local)}:${localPort} ${fourOf(remote)}:${remotePort}`;
    queues.set(key, Number.parseInt(queued, 16));
  }
  return queues;
}

/** An IPv4 address in IPv6 form as it is in its own table. */
function fourOf(address: string): string {
  return address.startsWith('0000000000000000FFFF0000') ? address.slice(24) : address;
}

function keyOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return `${hexadecimal(localAddress)}:${port(localPort)} ${hexadecimal(remoteAddress)}:${port(remotePort)}`;
}

function port(number = 0): string {
  return number.toString(16).toUpperCase().padStart(4, '0');
}

/** An address as the kernel prints it: words of 32 bits in the order of a little-endian machine. */
function hexadecimal(address = ''): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  const bytes = addressBytes(plain);
  let text = '';
  for (let word = 0; word < bytes.length; word += 4) {
    for (let i = word + 3; i >= word; i--) {
      text += (bytes[i] ?? 0).toString(16).padStart(2, '0');
    }
  }
  return text.toUpperCase();
}
