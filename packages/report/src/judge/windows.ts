/** What a window of requests says: its line in results.json, and whether it is within objectives. */

import type { RequestWindow } from '@evenkeel/core/stats';
import { latencyOf } from '../histogram.ts';
import type { TimelineWindow } from '../results.ts';
import { spreadOf } from './spread.ts';

/** What a scenario asks of a run; the same keys as in its file. */
export interface Objectives {
  /** Smallest share of requests answered without error. */
  readonly availability?: number | undefined;
  readonly p99Ms?: number | undefined;
  /** From the end of the last fault to the first good windows. */
  readonly recoverMs?: number | undefined;
  /** From the start of the first fault to the first good windows while it lasts. */
  readonly detectMs?: number | undefined;
  /** Most attempts per request. */
  readonly amplification?: number | undefined;
}

/** The time line of results.json. */
export function timelineOf(windows: readonly RequestWindow[]): TimelineWindow[] {
  return windows.map(({ tMs, n, ok, errors, response }) => {
    const { p50, p90, p99, max } = latencyOf(response);
    const spread = spreadOf(response);
    return { tMs, n, ok, errors, p50, p90, p99, max, ...(spread === undefined ? {} : { spread }) };
  });
}

/** Within availability and p99; a window without requests is evidence of nothing, so not good. */
export function isGood(
  { n, ok, response }: Pick<RequestWindow, 'n' | 'ok' | 'response'>,
  { availability = 1, p99Ms }: Objectives,
): boolean {
  if (n === 0 || ok / n < availability) return false;
  return p99Ms === undefined || response.quantileMs(0.99) <= p99Ms;
}
