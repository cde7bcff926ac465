/**
 * The end, in the order that loses nothing: first say so to whoever decides where traffic goes
 * (`/readyz`), then stop accepting and let what runs end within its time, and only then take
 * down the parts that were needed for it.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { ShutdownTimes } from '@evenkeel/config';
import type { AdminServer } from './admin/server.ts';
import type { Front } from './front.ts';
import type { AccessLog } from './log/access-log.ts';
import type { Services } from './services.ts';

/** What is to be taken down. */
export interface Running {
  readonly front: Front;
  readonly services: Services;
  readonly admin: AdminServer | undefined;
  readonly accessLog: AccessLog | undefined;
}

/** Ends gracefully; never takes much longer than both times together. */
export async function shutDown(running: Running, times: ShutdownTimes): Promise<void> {
  if (times.shutdownDelayMs > 0) await sleep(times.shutdownDelayMs);
  await running.front.drain(times.drainMs);
  await dismantle(running);
}

/** Ends at once. */
export async function dismantle({ front, services, admin, accessLog }: Running): Promise<void> {
  await front.close();
  services.close();
  await admin?.close();
  await accessLog?.close();
}
