/** Requests, outcomes and a first-candidate strategy for tests of everything around the pick. */

import type { Attempt } from '../../src/attempt.ts';
import { DispatchState, type Exchange, type Result } from '../../src/exchange.ts';
import type { Completed, Endpoint, Failed, Strategy } from '../../src/strategy.ts';

export const OK: Completed = { kind: 'ok', status: 200, latencyMs: 1 };

export function failed(over: Partial<Failed> = {}): Failed {
  return {
    kind: 'failed',
    cause: 'reset',
    requestSent: true,
    replayable: true,
    latencyMs: 1,
    ...over,
  };
}

/** Goes round the candidates, whatever they are. */
export function cyclic(): Strategy {
  let turn = 0;
  return {
    pick(candidates: readonly Endpoint[]): Endpoint {
      return candidates[turn++ % candidates.length]!;
    },
  };
}

/** A request that remembers what happened to it. */
export class RecordedExchange implements Exchange {
  readonly dispatchState: DispatchState = new DispatchState();
  readonly hash = 0;
  readonly idempotent: boolean;
  readonly attempts: Attempt[] = [];
  readonly results: Result[] = [];
  readonly aborted: Attempt[] = [];
  onSend: ((attempt: Attempt) => void) | undefined;
  onFinished: ((result: Result) => void) | undefined;

  constructor(idempotent = true, onSend?: (attempt: Attempt) => void) {
    this.idempotent = idempotent;
    this.onSend = onSend;
  }

  get last(): Attempt {
    return this.attempts.at(-1)!;
  }

  send(attempt: Attempt): void {
    this.attempts.push(attempt);
    this.onSend?.(attempt);
  }

  abort(attempt: Attempt): void {
    this.aborted.push(attempt);
  }

  finished(result: Result): void {
    this.results.push(result);
    this.onFinished?.(result);
  }
}
