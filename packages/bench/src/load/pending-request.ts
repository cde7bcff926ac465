/** One request on the wire: listens to undici, and says once how it ended and which backend answered. */

import type { Dispatcher } from 'undici';
import { OverdueError, outcomeOfError, outcomeOfStatus } from './classify.ts';
import type { ClientOutcome } from './job.ts';

/** Hears of a request's end, exactly once. `backend` is the answer's `X-Backend`, or ''. */
export type OutcomeListener = (index: number, outcome: ClientOutcome, backend: string) => void;

export class PendingRequest implements Dispatcher.DispatchHandler {
  readonly index: number;
  readonly #onEnd: OutcomeListener;
  #controller: Dispatcher.DispatchController | null = null;
  #status = 0;
  #backend = '';
  #ended = false;

  constructor(index: number, onEnd: OutcomeListener) {
    this.index = index;
    this.#onEnd = onEnd;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Gives the request up: it took too long. Nothing happens when it has ended. */
  overdue(): void {
    if (this.#ended) return;
    const error = new OverdueError('took longer than timeoutMs');
    // Without a controller it is still waiting for its connection: it is aborted once it has one.
    this.#controller?.abort(error);
    this.#end(outcomeOfError(error, this.#status >= 200));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#ended) controller.abort(new OverdueError('was given up before it was sent'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    this.#status = status;
    const backend = headers['x-backend'];
    if (typeof backend === 'string') this.#backend = backend;
  }

  onResponseData(): void {}

  onResponseEnd(): void {
    this.#end(outcomeOfStatus(this.#status));
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end(outcomeOfError(error, this.#status >= 200));
  }

  #end(outcome: ClientOutcome): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd(this.index, outcome, this.#backend);
  }
}
