/**
 * Requests by their intended send time in equal windows, and what windows tell about faults. By the
 * intended time, so that a window is judged by what was asked in it, not by what still came in.
 */

import type { TimelineWindow } from '@evenkeel/report';
import type { Objectives } from '@evenkeel/sim';
import type { Outcome } from './fate.ts';
import { exactPercentileOrNull, nearestRank } from './latency.ts';

/** As the contract defines recovery and detection. */
export const WINDOW_MS = 500;
/** So many good windows on end make a steady state. */
export const STEADY_WINDOWS = 4;

/** The requests intended for [startMs, startMs + WINDOW_MS). */
export interface Window {
  readonly startMs: number;
  readonly sent: number;
  /** Latencies of the ok ones, ascending. */
  readonly okMs: readonly number[];
}

/** Whole windows from `fromMs` on that end by `toMs`. */
export function windowsOf(outcomes: readonly Outcome[], fromMs: number, toMs: number): Window[] {
  const count = Math.max(0, Math.floor((toMs - fromMs) / WINDOW_MS + 1e-9));
  const windows = Array.from({ length: count }, (_, i) => ({
    startMs: fromMs + i * WINDOW_MS,
    sent: 0,
    okMs: [] as number[],
  }));
  for (const { atMs, fate, latencyMs } of outcomes) {
    const window = windows[Math.floor((atMs - fromMs) / WINDOW_MS)];
    if (window === undefined) continue;
    window.sent++;
    if (fate === 'ok') window.okMs.push(latencyMs);
  }
  for (const { okMs } of windows) okMs.sort((a, b) => a - b);
  return windows;
}

/** The time line of results.json. */
export function timelineOf(outcomes: readonly Outcome[], durationMs: number): TimelineWindow[] {
  return windowsOf(outcomes, 0, durationMs).map(({ startMs, sent, okMs }) => ({
    tMs: startMs,
    n: sent,
    ok: okMs.length,
    errors: sent - okMs.length,
    p50: exactPercentileOrNull(okMs, 0.5),
    p90: exactPercentileOrNull(okMs, 0.9),
    p99: exactPercentileOrNull(okMs, 0.99),
    max: okMs.at(-1) ?? null,
  }));
}

/** Within availability and p99; a window without requests is evidence of nothing, so not good. */
export function isGood({ sent, okMs }: Window, objectives: Objectives): boolean {
  if (sent === 0 || okMs.length / sent < (objectives.availability ?? 1)) return false;
  return objectives.p99Ms === undefined || nearestRank(okMs, 0.99) <= objectives.p99Ms;
}

/**
 * Start of the first of four consecutive good windows, counted from `fromMs`; null if there is none
 * before `toMs`. `firstBeforeMs`: the first one has to end by then.
 */
export function timeToSteadyMs(
  outcomes: readonly Outcome[],
  objectives: Objectives,
  fromMs: number,
  toMs: number,
  firstBeforeMs: number = toMs,
): number | null {
  let streak = 0;
  for (const window of windowsOf(outcomes, fromMs, toMs)) {
    streak = isGood(window, objectives) ? streak + 1 : 0;
    if (streak < STEADY_WINDOWS) continue;
    const startMs = window.startMs - (STEADY_WINDOWS - 1) * WINDOW_MS;
    return startMs + WINDOW_MS <= firstBeforeMs ? startMs - fromMs : null;
  }
  return null;
}
