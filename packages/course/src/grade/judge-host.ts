/** The judge's thread, seen from outside: it loads an exercise once, and judges one submission after another. */

import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { HolderRequest } from '../sandbox/subject.ts';
import type { FromJudge, JudgeData, ToJudge } from './judge-thread.ts';
import type { TestResult } from './result.ts';

/** See the head of this file. */
export class JudgeThread {
  readonly #worker: Worker;
  /** Rejects when the thread is gone, whatever the reason. */
  readonly #gone: Promise<never>;

  constructor(data: JudgeData) {
    const worker = new Worker(join(import.meta.dirname, 'judge-thread.ts'), { workerData: data });
    this.#worker = worker;
    this.#gone = new Promise<never>((_, reject) => {
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('the judge ended without a result')));
    });
    // It is told where a result is waited for.
    this.#gone.catch(() => {});
  }

  /**
   * Judges one submission; the one before must be done.
   * @param hear called with what the judge asks of the submission's process
   */
  judge(asked: ToJudge, hear: (request: HolderRequest) => void): Promise<TestResult[]> {
    const worker = this.#worker;
    let heard = (_message: FromJudge): void => {};
    const done = new Promise<TestResult[]>((resolve) => {
      heard = (message) => {
        if (message.type === 'done') resolve(message.results);
        else hear(message);
      };
    });
    worker.on('message', heard);
    worker.postMessage(asked);
    return Promise.race([this.#gone, done]).finally(() => worker.off('message', heard));
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
