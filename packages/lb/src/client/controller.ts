/**
 * undici's controller of a request, over all attempts: the request can be paused and called off in every phase,
 * also while it waits for a backend.
 */

import type { Dispatcher } from 'undici';

type Raw = NonNullable<Dispatcher.DispatchController['rawHeaders']>;

/** What the caller holds. */
export class RequestController implements Dispatcher.DispatchController {
  /** That of the running attempt, once its connection is there. */
  current: Dispatcher.DispatchController | undefined;
  readonly #onAbort: () => void;
  #reason: Error | null = null;
  #isPaused = false;

  /** @param onAbort called once, after `reason` was set */
  constructor(onAbort: () => void) {
    this.#onAbort = onAbort;
  }

  get aborted(): boolean {
    return this.#reason !== null;
  }

  get paused(): boolean {
    return this.#isPaused;
  }

  get reason(): Error | null {
    return this.#reason;
  }

  get rawHeaders(): Raw {
    return this.current?.rawHeaders ?? [];
  }

  get rawTrailers(): Raw {
    return this.current?.rawTrailers ?? [];
  }

  abort(reason: Error): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    this.#onAbort();
  }

  pause(): void {
    this.#isPaused = true;
    this.current?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.current?.resume();
  }
}
