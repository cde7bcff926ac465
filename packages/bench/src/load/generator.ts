/** The parent's handle on the generator's process. */

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { InterruptedError } from '../run/interrupt.ts';
import type { Job, Progress, Samples } from './job.ts';
import type { WorkerMessage } from './worker.ts';

/** One process for all runs, so that its code is compiled and warm in each of them but the first. */
export class Generator implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;

  constructor() {
    const worker = fileURLToPath(new URL('./worker.ts', import.meta.url));
    this.#child = fork(worker, { serialization: 'advanced' });
    this.#exited = new Promise((resolve) => this.#child.once('exit', () => resolve()));
  }

  /**
   * Runs one job; jobs may not overlap. Once `signal` is aborted this one ends with an
   * `InterruptedError`, and no further one may follow.
   */
  async run(
    job: Job,
    onProgress: (progress: Progress) => void = () => {},
    signal?: AbortSignal,
  ): Promise<Samples> {
    const child = this.#child;
    if (signal?.aborted) throw new InterruptedError();
    return await new Promise<Samples>((resolve, reject) => {
      const onMessage = (message: WorkerMessage): void => {
        if (message.kind === 'progress') {
          onProgress(message.progress);
          return;
        }
        stop();
        if (message.kind === 'done') resolve(message.samples);
        else reject(new Error(`the load generator failed: ${message.message}`));
      };
      const onExit = (): void => {
        stop();
        reject(new Error('the load generator ended before its run did'));
      };
      const onAbort = (): void => {
        stop();
        reject(new InterruptedError());
      };
      const stop = (): void => {
        signal?.removeEventListener('abort', onAbort);
        child.off('message', onMessage);
        child.off('exit', onExit);
      };
      signal?.addEventListener('abort', onAbort);
      child.on('message', onMessage);
      child.on('exit', onExit);
      child.send(job, (error) => {
        if (error !== null) onExit();
      });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#exited;
  }
}
