/**
 * A worker as the page sees it: questions and answers, in order. A worker that gives no sign of life is ended,
 * whatever it was doing: that is what makes a hostile strategy harmless.
 */

import {
  type Answers,
  type Ask,
  type Numbered,
  OWN,
  type Reply,
  STARTED_ID,
} from '../src/engine/protocol.ts';

/** Without a sign of life for so long, a worker with code of the user's own is ended. */
const SILENCE_MS = 5000;
/** Until that code begins, the worker loads ours, which takes its time on a busy machine. */
const START_MS = 60_000;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A world's worker failed; the message is one line, fit for a user. */
export class WorldError extends Error {
  override readonly name = 'WorldError';
}

/**
 * Our code closes all doors; then the user's runs, in a function whose result is the strategy's factory. Text that
 * ends this function early still stands in the block, and the block cannot be left: `break` needs the
 * block's name, which the text does not know. So nothing of it can run, or be hoisted, before our code.
 */
function workerScript(code: string | undefined): string {
  if (code === undefined) return WORKER_CODE;
  const name = `block${crypto.getRandomValues(new Uint32Array(4)).join('_')}`;
  const own = `${name}: { ${OWN}(function () {\n${code}\n}); break ${name}; }`;
  return `"use strict";\n${WORKER_CODE}\n;${OWN}();\n${own}`;
}

/** One worker. */
export class Remote {
  readonly #worker: Worker;
  readonly #isOwn: boolean;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #watch: ReturnType<typeof setTimeout> | undefined;
  #ended: WorldError | undefined;
  #hasStarted = false;

  /** @param code of a strategy of the user's own; undefined: only ours */
  constructor(code?: string) {
    this.#isOwn = code !== undefined;
    const blob = new Blob([workerScript(code)], { type: 'text/javascript' });
    const url = URL.createObjectURL(blob);
    this.#worker = new Worker(url);
    URL.revokeObjectURL(url);
    this.#worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => this.#hear(data));
    this.#worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#end(new WorldError(event.message || 'the code cannot be run'));
    });
  }

  /** It works at an answer, which cannot be interrupted. */
  get isBusy(): boolean {
    return this.#waiting.size > 0;
  }

  /** Why it has ended. */
  get ended(): WorldError | undefined {
    return this.#ended;
  }

  /** @throws {WorldError} if it fails, or has ended */
  ask<A extends Ask>(ask: A): Promise<Answers[A['kind']]> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = ++this.#lastId;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    this.#worker.postMessage({ id, ask } satisfies Numbered);
    this.#wait();
    return answer as Promise<Answers[A['kind']]>;
  }

  close(): void {
    this.#end(new WorldError('the world was closed'));
  }

  #hear(reply: Reply): void {
    if (reply.id === STARTED_ID) this.#hasStarted = true;
    const waiting = this.#waiting.get(reply.id);
    if (waiting !== undefined && reply.kind !== 'alive') {
      this.#waiting.delete(reply.id);
      if (reply.kind === 'done') waiting.resolve(reply.value);
      else waiting.reject(new WorldError(String(reply.message)));
    }
    this.#wait();
  }

  #wait(): void {
    clearTimeout(this.#watch);
    if (!this.#isOwn || this.#waiting.size === 0) return;
    const silenceMs = this.#hasStarted ? SILENCE_MS : START_MS;
    this.#watch = setTimeout(() => {
      this.#end(new WorldError(`gave no answer for ${silenceMs / 1000} s, and was ended`));
    }, silenceMs);
  }

  #end(why: WorldError): void {
    if (this.#ended !== undefined) return;
    this.#ended = why;
    clearTimeout(this.#watch);
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(why);
    this.#waiting.clear();
  }
}
