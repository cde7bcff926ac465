/**
 * `pnpm sim worker`: takes tasks out of the queue and does them on threads, so that this process is free to
 * renew its hold on them. A worker that dies loses its hold, and its tasks are taken again.
 */

import { Worker as QueueWorker } from 'bullmq';
import type { SimJson } from '../run/sim-json.ts';
import type { SimTask } from '../run/task.ts';
import { ThreadPool } from '../run/threads.ts';
import type { QueueAddress } from './address.ts';
import { mustAnswer, type QueuedTask, TASK_VERSION, untilLost } from './task-queue.ts';

/** How a worker keeps what it has taken, and finds what others have lost. */
export interface Hold {
  /** One that is not renewed ends after this; what was held is then taken again. */
  readonly holdMs: number;
  readonly lookForLostMs: number;
}

const HOLD: Hold = { holdMs: 10_000, lookForLostMs: 5_000 };
/** Machines come and go: a task may lose as many workers before it counts as one that kills them. */
const LOST_MAX = 10;

/** Hears what becomes of tasks. */
export interface WorkerListener {
  finished(task: number, strategy: string): void;
  /** Redis went away, or came back. */
  connection(isThere: boolean): void;
}

/** A running worker. */
export interface SweepWorker {
  /**
   * Finishes what it has begun, and resolves with true; or with false once Redis is lost, where it could not
   * give a result back: then threads may still be busy.
   */
  close(): Promise<boolean>;
}

/** Resolves once it takes tasks; throws a `QueueError` where Redis does not answer. */
export async function startWorker(
  address: QueueAddress,
  jobs: number,
  listener: WorkerListener,
  { holdMs, lookForLostMs }: Hold = HOLD,
): Promise<SweepWorker> {
  await mustAnswer(address);
  const threads = new ThreadPool<SimTask, SimJson>(
    new URL('../run/worker.ts', import.meta.url),
    jobs,
  );
  const worker = new QueueWorker<QueuedTask, SimJson, string>(
    address.name,
    async ({ data }) => {
      if (data.version !== TASK_VERSION) {
        throw new Error(`expected a task of version ${TASK_VERSION}, got ${data.version}`);
      }
      const result = await threads.run(data.sim);
      listener.finished(data.task, data.sim.strategy);
      return result;
    },
    {
      connection: address.redis,
      concurrency: jobs,
      lockDuration: holdMs,
      stalledInterval: lookForLostMs,
      maxStalledCount: LOST_MAX,
    },
  );
  let isThere = true;
  const tell = (now: boolean): void => {
    if (now === isThere) return;
    isThere = now;
    listener.connection(now);
  };
  worker.on('error', (error) => {
    if ('code' in error) tell(false);
  });
  worker.on('active', () => tell(true));
  await worker.waitUntilReady();
  return {
    async close() {
      const stop = new AbortController();
      const isThere = (): Promise<boolean> =>
        mustAnswer(address).then(
          () => true,
          () => false,
        );
      const lost = untilLost(isThere, async () => {}, stop.signal).then(() => false);
      lost.catch(() => {}); // Ended below.
      const isWhole = await Promise.race([worker.close().then(() => true), lost]);
      stop.abort();
      await threads.close();
      return isWhole;
    },
  };
}
