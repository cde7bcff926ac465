/**
 * What became of each request, in the words of results.json. The client's view (`Ending`) is
 * completed by the one thing it cannot know: whether the subject was up at the time.
 */

import { ERROR_CAUSES, type ErrorCause, type RequestCounts } from '@evenkeel/report';
import { type Ending, endingName, intendedMs, type Job, type Samples } from '../load/job.ts';

export type Fate = 'ok' | ErrorCause | 'lost';

/** One request of the measured part of a run. */
export interface Outcome {
  readonly id: string;
  readonly post: boolean;
  /** Intended send time, from the end of the warm-up. */
  readonly atMs: number;
  /** Actual minus intended. */
  readonly latenessMs: number;
  /** From the intended send time to the end. */
  readonly latencyMs: number;
  readonly fate: Fate;
  /** Who answered; '' when the answer named nobody. */
  readonly backend: string;
}

/** `lost` while the subject was up; an ended process cannot lose what was never in its hands. */
export function fateOf(ending: Ending, subjectUp: boolean): Fate {
  if (ending === 'closed') return subjectUp ? 'lost' : 'reset';
  if (ending === 'silent') return subjectUp ? 'lost' : 'timeout';
  return ending;
}

/** The requests intended for after the warm-up; `subjectExitedEpochMs` as the subject reports it. */
export function outcomesOf(
  job: Job,
  samples: Samples,
  warmupMs: number,
  subjectExitedEpochMs: number | null,
): Outcome[] {
  const exitedMs =
    subjectExitedEpochMs === null
      ? Number.POSITIVE_INFINITY
      : subjectExitedEpochMs - samples.startedEpochMs;
  const outcomes: Outcome[] = [];
  intendedMs(job, samples).forEach((atMs, i) => {
    if (atMs < warmupMs) return;
    const endedMs = at(samples.endedMs, i);
    outcomes.push({
      id: `${job.idPrefix}${i}`,
      post: job.post[i] === 1,
      atMs: atMs - warmupMs,
      latenessMs: Math.max(0, at(samples.sentMs, i) - atMs),
      latencyMs: endedMs - atMs,
      fate: fateOf(endingName(at(samples.ending, i)), endedMs < exitedMs),
      backend: samples.backends[at(samples.backend, i)] ?? '',
    });
  });
  return outcomes;
}

function at(array: Float64Array | Uint8Array, index: number): number {
  const value = array[index];
  if (value === undefined)
    throw new RangeError(`the generator gave no sample for request ${index}`);
  return value;
}

/** Law: sent = ok + Σ errors + lost, by construction. */
export function countRequests(outcomes: readonly Outcome[]): RequestCounts {
  const counts: Record<Fate, number> = { ok: 0, lost: 0, ...zeroErrors() };
  for (const { fate } of outcomes) counts[fate]++;
  const { ok, lost, ...errors } = counts;
  return { sent: outcomes.length, ok, errors, lost };
}

function zeroErrors(): Record<ErrorCause, number> {
  return Object.fromEntries(ERROR_CAUSES.map((cause) => [cause, 0])) as Record<ErrorCause, number>;
}
