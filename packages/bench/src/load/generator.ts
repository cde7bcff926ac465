/** The parent's handle on one of the generator's processes. */

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { InterruptedError } from '../run/interrupt.ts';
import type { Job, Progress, Samples } from './job.ts';
import type { WorkerMessage, WorkerOrder } from './worker.ts';

/** A process of the generator ended or failed in mid-run; the message says how. */
export class GeneratorError extends Error {
  override name = 'GeneratorError';
}

/** One process for all runs, so that its code is compiled and warm in each of them but the first. */
export class Generator implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;

  constructor() {
    const worker = fileURLToPath(new URL('./worker.ts', import.meta.url));
    this.#child = fork(worker, { serialization: 'advanced' });
    this.#exited = new Promise((resolve) => this.#child.once('exit', () => resolve()));
  }

  /** Hands over the next job; jobs may not overlap. Fails as `start` does. */
  async load(job: Job, signal?: AbortSignal): Promise<void> {
    await this.#ask({ kind: 'load', job }, ({ kind }) => (kind === 'loaded' ? true : null), signal);
  }

  /**
   * Runs the job that was handed over, from `atEpochMs` (ms since 1970) on.
   * @throws {InterruptedError} once `signal` is aborted; no further job may follow
   * @throws {GeneratorError} when the process ends or fails
   */
  async start(
    atEpochMs: number,
    onProgress: (progress: Progress) => void,
    signal?: AbortSignal,
  ): Promise<Samples> {
    const take = (message: WorkerMessage): Samples | null => {
      if (message.kind === 'progress') onProgress(message.progress);
      return message.kind === 'done' ? message.samples : null;
    };
    return await this.#ask({ kind: 'start', atEpochMs }, take, signal);
  }

  /** Resolves with the first answer that `take` makes something of. */
  async #ask<T>(
    order: WorkerOrder,
    take: (message: WorkerMessage) => T | null,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const child = this.#child;
    if (signal?.aborted) throw new InterruptedError();
    return await new Promise<T>((resolve, reject) => {
      const onMessage = (message: WorkerMessage): void => {
        if (message.kind === 'failed') fail(new GeneratorError(`failed: ${message.message}`));
        const taken = take(message);
        if (taken === null) return;
        stop();
        resolve(taken);
      };
      const onExit = (code: number | null, killedBy: string | null): void =>
        fail(new GeneratorError(`ended in mid-run (${killedBy ?? `exit code ${code}`})`));
      const onAbort = (): void => fail(new InterruptedError());
      const fail = (error: Error): void => {
        stop();
        reject(error);
      };
      const stop = (): void => {
        signal?.removeEventListener('abort', onAbort);
        child.off('message', onMessage);
        child.off('exit', onExit);
      };
      signal?.addEventListener('abort', onAbort);
      child.on('message', onMessage);
      child.on('exit', onExit);
      child.send(order, (error) => {
        // It had ended before this run, or is about to.
        if (error !== null) fail(new GeneratorError('ended between two runs'));
      });
    });
  }

  /** Ends the process, which has nothing to lose, whatever it is doing. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }
}
