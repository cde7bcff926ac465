/** What coordinator and workers agree on: the queue, its tasks, and when Redis counts as lost. */

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

/** How long one answer of Redis may take. */
const ANSWER_MS = 5_000;

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
  try {
    await client.connect();
    await client.ping();
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
  const silence = new AbortController();
  const timeout = new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), ANSWER_MS);
    silence.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  const asked = queue.getWaitingCount().then(
    () => true,
    () => false,
  );
  const answered = await Promise.race([asked, timeout]);
  silence.abort();
  return answered;
}
