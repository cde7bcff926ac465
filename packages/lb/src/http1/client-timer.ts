/**
 * The time that a client's connection has for what it is doing: one timer, armed anew for each phase, and the
 * pace that is asked of a client while only it is waited for.
 */

import type { Socket } from 'node:net';
import { Timer } from '../wheel.ts';
import { ReceivingPace, SendingPace } from './client-pace.ts';
import type { FrontState } from './front-state.ts';
import type { HttpLimits, HttpTimeouts } from './settings.ts';

/**
 * A client that has just connected may have sent its request already: while the program ends, it is not closed before
 * that had time to come. Between later requests a client has to expect it.
 */
const FIRST_REQUEST_MS = 1_000;

/** What a client's pace is measured by. */
interface PaceTerms {
  readonly timeouts: HttpTimeouts;
  readonly limits: HttpLimits;
}

export class ClientTimer {
  readonly receiving: ReceivingPace = new ReceivingPace();
  readonly #front: FrontState;
  readonly #socket: Socket;
  readonly #timer: Timer;
  readonly #sending: SendingPace;
  readonly #tooSlow: () => void;

  /**
   * @param timedOut the time of a phase is over
   * @param tooSlow the client takes too little of what it was sent
   */
  constructor(front: FrontState, socket: Socket, timedOut: () => void, tooSlow: () => void) {
    this.#front = front;
    this.#socket = socket;
    this.#timer = new Timer(timedOut);
    this.#sending = new SendingPace(socket, front.unacknowledged);
    this.#tooSlow = tooSlow;
  }

  /** Limits the phase that begins now; replaces the limit before. */
  arm(delayMs: number): void {
    this.#front.clock.arm(this.#timer, delayMs);
  }

  /** Limits the wait for the first request of a connection while the program ends. */
  armForFirst(): void {
    this.arm(FIRST_REQUEST_MS);
  }

  disarm(): void {
    this.#front.clock.disarm(this.#timer);
  }

  /** What the client was sent is held up: from now on its pace is looked at. */
  heldUp(timeouts: HttpTimeouts): void {
    this.#sending.begin();
    this.arm(SendingPace.windowMs(timeouts));
  }

  /** The time is over while something is held up: it goes on as long as the client takes enough of it. */
  lookAtPace({ limits, timeouts }: PaceTerms): void {
    this.#sending.look(limits, this.#front.clock.now(), (isMoving) => {
      if (this.#socket.destroyed || this.#socket.writableLength === 0) return;
      if (isMoving) this.arm(SendingPace.windowMs(timeouts));
      else this.#tooSlow();
    });
  }
}
