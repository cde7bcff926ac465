/** Does tasks on several threads; the outcome does not depend on how many. */

import { Worker } from 'node:worker_threads';
import type { SimJson } from './sim-json.ts';
import type { SimTask } from './task.ts';

/** Threads that each do one task at a time; there are as many as were ever needed, up to a bound. */
export class ThreadPool<Task, Result> {
  readonly #script: URL;
  readonly #most: number;
  readonly #idle: Worker[] = [];
  readonly #waiting: ((worker: Worker) => void)[] = [];
  #count = 0;

  /** `script`: a worker that answers each message, one at a time, with one message. */
  constructor(script: URL, most: number) {
    this.#script = script;
    this.#most = most;
  }

  /** Waits for a thread that is free; rejects with what the task threw. */
  async run(task: Task): Promise<Result> {
    const worker = await this.#take();
    try {
      const result = await ask<Task, Result>(worker, task);
      this.#give(worker);
      return result;
    } catch (error) {
      // A thread that threw has ended: the next one is new.
      this.#count--;
      const next = this.#waiting.shift();
      if (next !== undefined) next(this.#start());
      throw error;
    }
  }

  /** Ends all threads, which have nothing to do any more. */
  async close(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((worker) => worker.terminate()));
  }

  async #take(): Promise<Worker> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#count < this.#most) return this.#start();
    return await new Promise((resolve) => this.#waiting.push(resolve));
  }

  #start(): Worker {
    this.#count++;
    return new Worker(this.#script);
  }

  #give(worker: Worker): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(worker);
    else next(worker);
  }
}

/**
 * Does all tasks, at most `jobs` at a time.
 * @param script as `ThreadPool` takes it
 * @param done called with each as it ends
 * @returns the results in the order of the tasks
 */
export async function onThreads<Task, Result>(
  script: URL,
  tasks: readonly Task[],
  jobs: number,
  done: (result: Result) => void,
): Promise<Result[]> {
  const pool = new ThreadPool<Task, Result>(script, jobs);
  try {
    return await Promise.all(
      tasks.map(async (task) => {
        const result = await pool.run(task);
        done(result);
        return result;
      }),
    );
  } finally {
    await pool.close();
  }
}

/** Simulations on threads. */
export function runTasks(
  tasks: readonly SimTask[],
  jobs: number,
  done: (result: SimJson) => void,
): Promise<SimJson[]> {
  return onThreads(new URL('./worker.ts', import.meta.url), tasks, jobs, done);
}

/** One task on one idle worker. */
function ask<Task, Result>(worker: Worker, task: Task): Promise<Result> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void): void => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      end();
    };
    const onMessage = (result: Result): void => settle(() => resolve(result));
    const onError = (error: unknown): void => settle(() => reject(error));
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.postMessage(task);
  });
}
