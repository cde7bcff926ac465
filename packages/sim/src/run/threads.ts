/** Does tasks on several threads; the outcome does not depend on how many. */

import { Worker } from 'node:worker_threads';
import type { SimJson } from './sim-json.ts';
import type { SimTask } from './task.ts';

/**
 * Does all tasks, at most `jobs` at a time.
 * @param script a worker that answers each message, one at a time, with one message
 * @param done hears of each as it ends
 * @returns the results in the order of the tasks
 */
export async function onThreads<Task, Result>(
  script: URL,
  tasks: readonly Task[],
  jobs: number,
  done: (result: Result) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  const todo = tasks.entries();
  const threads = Array.from({ length: Math.min(jobs, tasks.length) }, async () => {
    const worker = new Worker(script);
    try {
      for (const [place, task] of todo) {
        const result = await ask<Task, Result>(worker, task);
        results[place] = result;
        done(result);
      }
    } finally {
      await worker.terminate();
    }
  });
  await Promise.all(threads);
  return results;
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
