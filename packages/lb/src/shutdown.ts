/**
 * The end, in the order that loses nothing: first tell those that send traffic (`/readyz` says 503, each
 * response closes its connection), then stop accepting and let what runs end within its time, and
 * only then take down the parts that were needed for it.
 */

import type { ShutdownTimes } from '@evenkeel/config';
import type { Clock } from '@evenkeel/core';
import type { AdminServer } from './admin/server.ts';
import type { Discovery } from './discovery/discovery.ts';
import type { Front } from './front.ts';
import type { AccessLog } from './log/access-log.ts';
import type { Services } from './services.ts';
import type { Tracing } from './tracing/start.ts';

/** What is to be taken down. */
export interface Running {
  readonly clock: Clock;
  readonly fronts: Omit<Front, 'accept'>;
  readonly services: Services;
  readonly discovery: Pick<Discovery, 'close'>;
  readonly admin: AdminServer | undefined;
  readonly accessLog: AccessLog | undefined;
  readonly tracing: Tracing | undefined;
}

/** What the access log may take for its last lines, and tracing for its last spans, even if no time is left. */
const LAST_LINES_MS_MIN = 100;
const LAST_LINES_MS_MAX = 1000;

/**
 * Ends gracefully; never takes much longer than both times together.
 * @param signal cuts it short: the caller ends it otherwise
 */
export async function shutDown(
  running: Running,
  times: ShutdownTimes,
  signal: AbortSignal,
): Promise<void> {
  const { clock, fronts } = running;
  const { shutdownDelayMs, drainMs } = times;
  const deadlineMs = clock.now() + shutdownDelayMs + drainMs;
  fronts.announceEnd();
  if (shutdownDelayMs > 0) await delay(clock, shutdownDelayMs, signal);
  if (signal.aborted) return;
  await fronts.drain(drainMs);
  await dismantle(running, Math.min(deadlineMs - clock.now(), LAST_LINES_MS_MAX));
}

/** Ends at once. @param lastLinesMs what access log and tracing may take */
export async function dismantle(
  { fronts, services, discovery, admin, accessLog, tracing }: Running,
  lastLinesMs: number = LAST_LINES_MS_MIN,
): Promise<void> {
  discovery.close();
  await fronts.close();
  services.close();
  await admin?.close();
  const lastMs = Math.max(lastLinesMs, LAST_LINES_MS_MIN);
  await Promise.all([accessLog?.close(lastMs), tracing?.close(lastMs)]);
}

function delay(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.after(delayMs, resolve);
    signal.addEventListener('abort', () => {
      clock.cancel(timer);
      resolve();
    });
  });
}
