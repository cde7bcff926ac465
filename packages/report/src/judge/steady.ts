/**
 * When was a run back within its objectives? Detection and recovery as the contract defines them, by
 * windows of 500 ms that are cut from the moment in question on: the start of the first fault, the end
 * of the last. One rule for live and for simulated runs.
 */

import { type RequestWindow, WINDOW_MS } from '@evenkeel/core/stats';
import type { FaultBand, Run } from '../results.ts';
import { isGood, type Objectives } from './windows.ts';

/** So many good windows in a row are a steady state. */
export const STEADY_WINDOWS = 4;

/** The windows of a run, cut from `fromMs` on (from the end of the warm-up). */
export type WindowsFrom = (fromMs: number) => readonly RequestWindow[];

/** When faults began and ended, from the end of the warm-up. */
export interface FaultSpan {
  readonly firstStartMs: number;
  /** Of the fault that began first; at most the end of the run. */
  readonly firstEndMs: number;
  /** The end of the run where a fault lasted so long. */
  readonly lastEndMs: number;
}

/** Null where there was no fault. */
export function faultSpan(faults: readonly FaultBand[], durationMs: number): FaultSpan | null {
  const [first] = faults.toSorted((a, b) => a.startMs - b.startMs);
  if (first === undefined) return null;
  const end = ({ endMs }: FaultBand): number => Math.min(durationMs, endMs ?? durationMs);
  return {
    firstStartMs: first.startMs,
    firstEndMs: end(first),
    lastEndMs: Math.max(...faults.map(end)),
  };
}

/**
 * Start of the first of four good windows in a row, counted from `fromMs`; null where there is none
 * that ends by `toMs`, or the first of the four does not end by `firstBeforeMs`.
 */
function timeToSteadyMs(
  windows: readonly RequestWindow[],
  objectives: Objectives,
  { fromMs, toMs, firstBeforeMs }: Record<'fromMs' | 'toMs' | 'firstBeforeMs', number>,
): number | null {
  let streak = 0;
  for (const window of windows) {
    if (endOf(window) > toMs) return null;
    streak = isGood(window, objectives) ? streak + 1 : 0;
    if (streak < STEADY_WINDOWS) continue;
    const startMs = window.tMs - (STEADY_WINDOWS - 1) * WINDOW_MS;
    return startMs + WINDOW_MS <= firstBeforeMs + ROUNDING_MS ? startMs - fromMs : null;
  }
  return null;
}

/** Sums of milliseconds are not exact. */
const ROUNDING_MS = 1e-6;
const endOf = ({ tMs }: RequestWindow): number => tMs + WINDOW_MS - ROUNDING_MS;

/** How a run stood up to its faults. */
export type ResponseTimes = Pick<Run, 'detectMs' | 'recoverMs' | 'neverOut'>;

/** How soon a run was back within its objectives: while the first fault lasted, and after the last. */
export function responseTimes(
  faults: readonly FaultBand[],
  objectives: Objectives,
  durationMs: number,
  windowsFrom: WindowsFrom,
): ResponseTimes {
  const span = faultSpan(faults, durationMs);
  if (span === null) return { detectMs: null, recoverMs: null };
  const { firstStartMs, firstEndMs, lastEndMs } = span;
  const steady = (fromMs: number, firstBeforeMs: number): number | null =>
    timeToSteadyMs(windowsFrom(fromMs), objectives, { fromMs, toMs: durationMs, firstBeforeMs });
  const during = windowsFrom(firstStartMs).filter(({ tMs }) => tMs < lastEndMs);
  return {
    detectMs: steady(firstStartMs, firstEndMs),
    recoverMs: lastEndMs >= durationMs ? null : steady(lastEndMs, durationMs),
    neverOut: during.length > 0 && during.every((window) => isGood(window, objectives)),
  };
}

/** One request, as far as the state before a fault is judged by it. */
export interface EndedRequest {
  /** When it was to be sent, from the end of the warm-up. */
  readonly atMs: number;
  readonly latencyMs: number;
  readonly isOk: boolean;
}

/**
 * Whether a run was within its objectives before its first fault: in the last four windows, or as
 * many as there are. Judged by the requests that had ended by then, for those in flight may have
 * been hit by the fault.
 */
export function wasSteadyBefore(
  faults: readonly FaultBand[],
  objectives: Objectives,
  durationMs: number,
  windowsFrom: (fromMs: number, endedByMs: number) => readonly RequestWindow[],
): boolean {
  const span = faultSpan(faults, durationMs);
  if (span === null) return true;
  const { firstStartMs } = span;
  const count = Math.min(STEADY_WINDOWS, Math.floor(firstStartMs / WINDOW_MS));
  const windows = windowsFrom(firstStartMs - count * WINDOW_MS, firstStartMs).slice(0, count);
  return windows.length === count && windows.every((window) => isGood(window, objectives));
}
