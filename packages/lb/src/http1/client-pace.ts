/**
 * Whether a client moves enough while only it is waited for (`limits.minBytesPerSecond`). Without such a
 * limit, one byte a minute holds a connection, and a backend's, for ever.
 *
 * Time counts only while we wait for the client: when it sends, while its backend accepts more; when it
 * reads, while what it was sent is not acknowledged. Streams on which there is nothing to wait for are idle,
 * not slow.
 */

import type { Socket } from 'node:net';
import type { HttpLimits, HttpTimeouts } from './settings.ts';
import type { Unacknowledged } from './unacknowledged.ts';

const WINDOW_MS = 30_000;

/** The rate of what a client sends. Pure: its user tells the time. */
export class ReceivingPace {
  #bytesPerSecond = 0;
  #windowMs = WINDOW_MS;
  #bytes = 0;
  #waitedMs = 0;
  /** Since when the client is waited for; −1: it is not. */
  #waitingSinceMs = -1;

  /** A new body begins; the client is not waited for yet. */
  begin(limits: HttpLimits, timeouts: HttpTimeouts): void {
    this.#bytesPerSecond = limits.minBytesPerSecond;
    this.#windowMs = Math.min(WINDOW_MS, timeouts.bodyIdleMs);
    this.#bytes = 0;
    this.#waitedMs = 0;
    this.#waitingSinceMs = -1;
  }

  /** Whether the client is waited for from now on. */
  waits(isWaiting: boolean, nowMs: number): void {
    if (this.#waitingSinceMs >= 0) this.#waitedMs += nowMs - this.#waitingSinceMs;
    this.#waitingSinceMs = isWaiting ? nowMs : -1;
  }

  /** Bytes came. @returns false if they are too few for the time that was waited */
  received(bytes: number, nowMs: number): boolean {
    this.#bytes += bytes;
    if (this.#waitingSinceMs < 0) return true;
    this.waits(true, nowMs);
    if (this.#waitedMs < this.#windowMs) return true;
    const isEnough = this.#bytes >= (this.#bytesPerSecond * this.#waitedMs) / 1000;
    this.#bytes = 0;
    this.#waitedMs = 0;
    return isEnough;
  }
}

/** The rate of what a client reads, while it is behind. */
export class SendingPace {
  readonly #socket: Socket;
  readonly #unacknowledged: Unacknowledged;
  /** What it had acknowledged at the last look; −1: not looked yet. */
  #acknowledged = -1;
  #lookedMs = 0;

  constructor(socket: Socket, unacknowledged: Unacknowledged) {
    this.#socket = socket;
    this.#unacknowledged = unacknowledged;
  }

  /** How long until the next look: two without enough between them are bodyIdleMs. */
  static windowMs(timeouts: HttpTimeouts): number {
    return Math.min(WINDOW_MS, timeouts.bodyIdleMs / 2);
  }

  /** It is behind from now on. */
  begin(): void {
    this.#acknowledged = -1;
  }

  /**
   * Looks at what it has acknowledged.
   * @param judged called soon, with false if it has moved too little since the last look
   */
  look(limits: HttpLimits, nowMs: number, judged: (isMoving: boolean) => void): void {
    this.#unacknowledged.of(this.#socket, (unacknowledged) => {
      const acknowledged = this.#socket.bytesWritten - unacknowledged;
      const before = this.#acknowledged;
      const seconds = (nowMs - this.#lookedMs) / 1000;
      this.#acknowledged = acknowledged;
      this.#lookedMs = nowMs;
      const enough = Math.max(1, limits.minBytesPerSecond * seconds);
      judged(before < 0 || acknowledged - before >= enough);
    });
  }
}
