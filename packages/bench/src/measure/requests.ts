/**
 * What became of each request, in the words of results.json. The client's view (`ClientOutcome`) is
 * completed by the one thing it cannot know: whether the subject was up at the time.
 */

import { type RequestWindow, WINDOW_MS, Windows } from '@evenkeel/core/stats';
import { ERROR_CAUSES, type ErrorCause, type RequestCounts } from '@evenkeel/report';
import {
  type ClientOutcome,
  clientOutcomeName,
  intendedMs,
  type Job,
  type Samples,
} from '../load/job.ts';

export type RequestOutcome = 'ok' | ErrorCause | 'lost';

/** One request of the measured part of a run. */
export interface MeasuredRequest {
  readonly id: string;
  readonly post: boolean;
  /** Intended send time, from the end of the warm-up. */
  readonly atMs: number;
  /** From the intended send time to the end. */
  readonly latencyMs: number;
  readonly outcome: RequestOutcome;
  /** The one that answered; '' when the answer named none. */
  readonly backend: string;
}

/** `lost` while the subject was up; an ended process cannot lose what was never in its hands. */
export function requestOutcomeOf(outcome: ClientOutcome, subjectUp: boolean): RequestOutcome {
  if (outcome === 'closed') return subjectUp ? 'lost' : 'reset';
  if (outcome === 'silent') return subjectUp ? 'lost' : 'timeout';
  return outcome;
}

/** The requests intended for after the warm-up; `subjectExitedEpochMs` as the subject reports it. */
export function measuredRequests(
  job: Job,
  samples: Samples,
  warmupMs: number,
  subjectExitedEpochMs: number | null,
): MeasuredRequest[] {
  const exitedMs =
    subjectExitedEpochMs === null
      ? Number.POSITIVE_INFINITY
      : subjectExitedEpochMs - samples.startedEpochMs;
  const measured: MeasuredRequest[] = [];
  intendedMs(job, samples).forEach((atMs, i) => {
    if (atMs < warmupMs) return;
    const endedMs = at(samples.endedMs, i);
    measured.push({
      id: `${job.idPrefix}${i}`,
      post: job.post[i] === 1,
      atMs: atMs - warmupMs,
      latencyMs: endedMs - atMs,
      outcome: requestOutcomeOf(clientOutcomeName(at(samples.outcome, i)), endedMs < exitedMs),
      backend: samples.backends[at(samples.backend, i)] ?? '',
    });
  });
  return measured;
}

function at(array: Float64Array | Uint8Array, index: number): number {
  const value = array[index];
  if (value === undefined)
    throw new RangeError(`the generator gave no sample for request ${index}`);
  return value;
}

/** Outcomes that came with a complete response head: the request was answered, if only with an error. */
const ANSWERED: ReadonlySet<RequestOutcome> = new Set(['ok', 'status4xx', 'status5xx']);

/** Requests that were answered, also with an error. */
export function isAnswered({ outcome }: Pick<MeasuredRequest, 'outcome'>): boolean {
  return ANSWERED.has(outcome);
}

/** The windows from `fromMs` on that end by `toMs`, of the requests that had ended by `endedByMs`. */
export function windowsOf(
  measured: readonly MeasuredRequest[],
  fromMs: number,
  toMs: number,
  endedByMs: number = Number.POSITIVE_INFINITY,
): RequestWindow[] {
  const windows = new Windows(fromMs);
  for (const { atMs, latencyMs, outcome } of measured) {
    if (atMs + latencyMs <= endedByMs) windows.ended(atMs, outcome === 'ok', latencyMs);
  }
  return windows.list().filter(({ tMs }) => tMs + WINDOW_MS <= toMs + 1e-6);
}

/** Law: sent = ok + Σ errors + lost, by construction. */
export function countRequests(measured: readonly MeasuredRequest[]): RequestCounts {
  const counts: Record<RequestOutcome, number> = { ok: 0, lost: 0, ...zeroErrors() };
  for (const { outcome } of measured) counts[outcome]++;
  const { ok, lost, ...errors } = counts;
  return { sent: measured.length, ok, errors, lost };
}

function zeroErrors(): Record<ErrorCause, number> {
  return Object.fromEntries(ERROR_CAUSES.map((cause) => [cause, 0])) as Record<ErrorCause, number>;
}
