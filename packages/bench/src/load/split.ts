/**
 * One open-loop plan for several processes, and their samples as one run's again. Process `k` of `n` sends the
 * requests `k`, `k + n`, `k + 2n` …, so that all of them have the same load at every moment.
 */

import { NO_BACKEND, type OpenJob, type Samples, UNFINISHED } from './job.ts';

/** The parts, in the order of the processes; together they are the plan. */
export function splitJob(job: OpenJob, count: number): OpenJob[] {
  return Array.from({ length: count }, (_, first) => {
    const isMine = (__: unknown, i: number): boolean => i % count === first;
    return {
      ...job,
      atMs: job.atMs.filter(isMine),
      work: job.work.filter(isMine),
      post: job.post.filter(isMine),
      key: job.key.filter(isMine),
      maxInFlight: Math.ceil(job.maxInFlight / count),
      part: { first, step: count },
    };
  });
}

/** Samples of the parts, all of which counted from the same moment, in the order of the plan. */
export function mergeSamples(parts: readonly Samples[]): Samples {
  const length = parts.reduce((sum, { sentMs }) => sum + sentMs.length, 0);
  const sentMs = new Float64Array(length);
  const endedMs = new Float64Array(length);
  const outcome = new Uint8Array(length).fill(UNFINISHED);
  const backend = new Uint8Array(length).fill(NO_BACKEND);
  const backends = [...new Set(parts.flatMap((part) => part.backends))].slice(0, NO_BACKEND);
  for (const [first, part] of parts.entries()) {
    const codes = part.backends.map((id) => codeOf(backends, id));
    for (let i = 0; i < part.sentMs.length; i++) {
      const number = first + i * parts.length;
      sentMs[number] = part.sentMs[i] ?? 0;
      endedMs[number] = part.endedMs[i] ?? 0;
      outcome[number] = part.outcome[i] ?? UNFINISHED;
      backend[number] = codes[part.backend[i] ?? NO_BACKEND] ?? NO_BACKEND;
    }
  }
  return {
    startedEpochMs: Math.min(...parts.map(({ startedEpochMs }) => startedEpochMs)),
    sentMs,
    endedMs,
    outcome,
    backend,
    backends,
    processes: parts.flatMap(({ processes }) => processes),
    cutShort: parts.find(({ cutShort }) => cutShort !== null)?.cutShort ?? null,
  };
}

function codeOf(backends: readonly string[], id: string): number {
  const code = backends.indexOf(id);
  return code < 0 ? NO_BACKEND : code;
}
