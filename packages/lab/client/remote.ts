/**
 * A worker as the page sees it: questions and answers, in order. A worker that gives no sign of life is ended,
 * whatever it was doing: that is what makes a hostile strategy harmless.
 */

import type { Answers, Ask, Numbered, Reply } from '../src/engine/protocol.ts';

/** Without a sign of life for so long, a worker with code of the user's own is ended. */
const SILENCE_MS = 5000;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A world's worker failed; the message is one line, fit for a user. */
export class WorldError extends Error {
  override readonly name = 'WorldError';
}

/** Runs in strict mode, in a function: what it returns is the strategy's factory. */
function withCode(code: string): string {
  return `${WORKER_CODE}\n;__own(function () { "use strict";\n${code}\n});`;
}

/** One worker. */
export class Remote {
  readonly #worker: Worker;
  readonly #isOwn: boolean;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #watch: ReturnType<typeof setTimeout> | undefined;
  #ended: WorldError | undefined;

  /** @param code of a strategy of the user's own; undefined: only ours */
  constructor(code?: string) {
    this.#isOwn = code !== undefined;
    const source = code === undefined ? WORKER_CODE : withCode(code);
    const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
    this.#worker = new Worker(url);
    URL.revokeObjectURL(url);
    this.#worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => this.#hear(data));
    this.#worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#end(new WorldError(event.message || 'the code cannot be run'));
    });
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
    const waiting = this.#waiting.get(reply.id);
    if (waiting === undefined) return;
    if (reply.kind !== 'alive') {
      this.#waiting.delete(reply.id);
      if (reply.kind === 'done') waiting.resolve(reply.value);
      else waiting.reject(new WorldError(String(reply.message)));
    }
    this.#wait();
  }

  #wait(): void {
    clearTimeout(this.#watch);
    if (!this.#isOwn || this.#waiting.size === 0) return;
    this.#watch = setTimeout(() => {
      const seconds = SILENCE_MS / 1000;
      this.#end(new WorldError(`gave no answer for ${seconds} s, and was ended`));
    }, SILENCE_MS);
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
