/**
 * The coordinator of a sweep on many machines: puts the tasks into the queue, and collects their results
 * as the workers finish them. It computes nothing, and holds what is finished, whatever becomes of Redis.
 */

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { QueueEvents } from 'bullmq';
import type { SimJson } from '../run/sim-json.ts';
import type { SimTask } from '../run/task.ts';
import type { QueueAddress } from './address.ts';
import {
  answers,
  InterruptedError,
  mustAnswer,
  openQueue,
  QueueError,
  TASK_VERSION,
  type TaskQueue,
  untilLost,
} from './task-queue.ts';

/** A task and its number in the sweep. */
export interface NumberedTask {
  readonly task: number;
  readonly sim: SimTask;
}

/** How far all workers together are. */
export interface QueueProgress {
  readonly done: number;
  readonly of: number;
  readonly workers: number;
  /** At the pace until now; null before the first result. */
  readonly leftMs: number | null;
}

/** Hears of each result as it comes, and of how far it is. */
export interface Listener {
  finished(task: number, result: SimJson): void;
  progress(state: QueueProgress): void;
}

const CLOSE_MS = 1_000;

/**
 * Resolves when every task is finished. However it ends, what no worker has begun is taken back.
 * @throws {QueueError} in one line, when Redis is lost or a task cannot be done; what was finished was told
 * @throws {InterruptedError} when `signal` is aborted, likewise
 */
export async function collect(
  address: QueueAddress,
  tasks: readonly NumberedTask[],
  listener: Listener,
  signal: AbortSignal,
): Promise<void> {
  await mustAnswer(address);
  const queue = openQueue(address);
  // From the first one that is kept: by default it would get only what comes after its first read, and a
  // task that is finished before that would be waited for without end.
  const events = new QueueEvents(address.name, { connection: address.redis, lastEventId: '0-0' });
  events.on('error', () => {}); // `watch` tells when Redis is lost.
  const run = randomUUID();
  const left = new Map(tasks.map(({ task }) => [`${run}-${task}`, task]));
  try {
    await events.waitUntilReady();
    const finished = new Promise<void>((resolve, reject) => {
      events.on('completed', ({ jobId, returnvalue }) => {
        const task = left.get(jobId);
        if (task === undefined) return;
        left.delete(jobId);
        listener.finished(task, resultOf(returnvalue));
        if (left.size === 0) resolve();
      });
      events.on('failed', ({ jobId, failedReason }) => {
        const task = left.get(jobId);
        if (task !== undefined) reject(new QueueError(`task ${task}: ${failedReason}`));
      });
    });
    await queue.addBulk(tasks.map((one) => jobOf(one, run)));
    if (left.size === 0) return;
    const stop = new AbortController();
    try {
      await Promise.race([
        finished,
        interrupted(signal),
        watch(queue, address, left, tasks.length, listener, stop.signal),
      ]);
    } finally {
      stop.abort();
    }
  } finally {
    await withdraw(queue, left);
    // One that is cut off while it waits for events connects anew; closing alone would wait for a Redis that is gone.
    const closed = Promise.allSettled([queue.close(), events.close()]);
    await Promise.race([closed, sleep(CLOSE_MS)]);
    void Promise.allSettled([queue.disconnect(), events.disconnect()]);
  }
}

function jobOf({ task, sim }: NumberedTask, run: string) {
  const { strategy, seed } = sim;
  return {
    name: `${strategy} seed ${seed}`,
    data: { version: TASK_VERSION, task, sim } as const,
    // Results come by event, so that nothing has to stay.
    opts: { jobId: `${run}-${task}`, removeOnComplete: true, removeOnFail: true },
  };
}

/** Depending on its version, BullMQ gives a returned value parsed or as text. */
function resultOf(value: unknown): SimJson {
  return (typeof value === 'string' ? JSON.parse(value) : value) as SimJson;
}

/** Tells how far it is; ends only by throwing, when Redis does not answer any more. */
async function watch(
  queue: TaskQueue,
  { shown }: QueueAddress,
  left: ReadonlyMap<string, number>,
  of: number,
  listener: Listener,
  signal: AbortSignal,
): Promise<never> {
  const startedMs = performance.now();
  const tell = async (): Promise<void> => {
    const done = of - left.size;
    const elapsedMs = performance.now() - startedMs;
    const leftMs = done === 0 ? null : (elapsedMs / done) * left.size;
    listener.progress({ done, of, workers: await queue.getWorkersCount(), leftMs });
  };
  await untilLost(() => answers(queue), tell, signal);
  throw new QueueError(`--queue: ${shown} does not answer any more`);
}

async function interrupted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  throw new InterruptedError();
}

/** Takes back what no worker has begun, so that no result is computed that is not waited for. */
async function withdraw(queue: TaskQueue, left: ReadonlyMap<string, number>): Promise<void> {
  if (left.size === 0 || !(await answers(queue))) return;
  for (const jobId of left.keys()) await queue.remove(jobId).catch(() => {}); // A worker has it.
}
