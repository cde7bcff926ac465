/** What coordinator and workers agree on: the queue, its tasks, and when Redis counts as lost. */

import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { SimJson } from '../run/sim-json.ts';
import type { SimTask } from '../run/task.ts';
import type { QueueAddress } from './address.ts';

/** A task as it lies in the queue. */
export interface QueuedTask {
  /** Raised when a task or its result changes its form: a worker of another version refuses. */
  readonly version: typeof TASK_VERSION;
  /** Its number in the sweep. */
  readonly task: number;
  readonly sim: SimTask;
}

export const TASK_VERSION = 1;

export type TaskQueue = Queue<QueuedTask, SimJson, string>;

/** Redis is not there, or not any more; one line. */
export class QueueError extends Error {
  override readonly name = 'QueueError';
}

/** The user has ended it. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';

  constructor() {
    super('interrupted');
  }
}

/** How long one answer of Redis may take. */
const ANSWER_MS = 5_000;
const LOOK_EVERY_MS = 500;
/** Looks in a row that Redis left without an answer before it counts as lost. */
const SILENT_LOOKS = 2;

/**
 * Throws a `QueueError` unless Redis answers. One attempt: what is not there at the start is a mistake,
 * and no reason to wait.
 */
export async function mustAnswer({ redis, shown }: QueueAddress): Promise<void> {
  const client = new Redis({ ...redis, lazyConnect: true, retryStrategy: () => null });
  // The first error tells why; the one of the command only that there is no connection.
  let first: Error | undefined;
  client.on('error', (error: Error) => {
    first ??= error;
  });
  const asked = client.connect().then(() => client.ping());
  asked.catch(() => {}); // It may fail after the time for it is over.
  try {
    if (!(await within(asked))) throw new Error(`no answer in ${ANSWER_MS / 1000} s`);
  } catch (cause) {
    const { message } = first ?? (cause as Error);
    throw new QueueError(`--queue: ${shown} cannot be used: ${message}`, { cause });
  } finally {
    client.disconnect();
  }
}

/** Opens the queue of an address that answers. Its errors are reported by the code that waits for an answer. */
export function openQueue({ name, redis }: QueueAddress): TaskQueue {
  const queue: TaskQueue = new Queue(name, { connection: redis });
  queue.on('error', () => {});
  return queue;
}

/** Whether Redis answers now; commands wait without end where it does not. */
export async function answers(queue: TaskQueue): Promise<boolean> {
  return await within(queue.getWaitingCount()).catch(() => false);
}

/** Whether `asked` is answered in time; rejects as it does. */
async function within(asked: Promise<unknown>): Promise<boolean> {
  const answered = new AbortController();
  const silence = sleep(ANSWER_MS, false, { signal: answered.signal });
  silence.catch(() => {}); // Ended by the answer.
  try {
    return await Promise.race([asked.then(() => true), silence]);
  } finally {
    answered.abort();
  }
}

/**
 * Looks again and again whether Redis answers, and resolves once it counts as lost; rejects when `signal` is
 * aborted. `onAnswer` hears of each look that was answered.
 */
export async function untilLost(
  isThere: () => Promise<boolean>,
  onAnswer: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  for (let silent = 0; silent < SILENT_LOOKS; ) {
    await sleep(LOOK_EVERY_MS, undefined, { signal });
    silent = (await isThere()) ? 0 : silent + 1;
    if (silent === 0 && !signal.aborted) await onAnswer();
  }
}
