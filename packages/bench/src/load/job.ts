/**
 * What the load generator is told and what it tells: plain data, because the generator runs in a
 * process of its own (a garbage collection here must not delay a send there) and both cross a pipe.
 */

/** What is sent, and where to: the same however the sending is timed. */
export interface Requests {
  /** Origins such as `http://127.0.0.1:3030`; several are taken in turn. */
  readonly targets: readonly string[];
  /** `X-Work` of each request, in [0, 1): fixes its service time at whichever backend. */
  readonly work: Float64Array;
  /** 1 where the request is a POST, which must never be served twice. */
  readonly post: Uint8Array;
  /** `X-Key` of each request: what the hashing strategies hash. */
  readonly key: readonly string[];
  /** `X-Request-Id` of request `i` is `idPrefix` followed by its number in the plan. */
  readonly idPrefix: string;
  /** From sending to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Length of a POST's body. */
  readonly bodyBytes: number;
}

/** One open-loop run. Request `i` is sent at `atMs[i]`, whatever became of those before it. */
export interface OpenJob extends Requests {
  readonly kind: 'open';
  /** Intended send times from the start of the run, ascending. */
  readonly atMs: Float64Array;
  /** Bound on requests in flight, each on a connection of its own; at the bound, sends wait. */
  readonly maxInFlight: number;
  /** Which requests of the plan these are; absent: all of it. */
  readonly part?: PlanPart | undefined;
}

/** What one of several processes sends: the requests `first`, `first + step`, `first + 2 · step` … of the plan. */
export interface PlanPart {
  readonly first: number;
  readonly step: number;
}

/**
 * One closed-loop run: each of `connections` clients sends the next request when it has the answer
 * to its last. `work` has one entry for each request that there may be at most.
 */
export interface ClosedJob extends Requests {
  readonly kind: 'closed';
  readonly connections: number;
  /** After this no request is sent; those under way are waited for. */
  readonly durationMs: number;
}

export type Job = OpenJob | ClosedJob;

/**
 * How a request ended, as the client alone can tell. `closed` and `silent` got no response head:
 * whether that is a loss depends on whether the subject was up, which the generator cannot know.
 */
export const CLIENT_OUTCOMES = [
  'ok',
  'refused',
  'closed',
  'silent',
  'reset',
  'timeout',
  'truncated',
  'status4xx',
  'status5xx',
  'other',
] as const;
export type ClientOutcome = (typeof CLIENT_OUTCOMES)[number];

/** The request had not ended when the samples were taken; never so in a finished run. */
export const UNFINISHED = 255;
/** The answer named no backend. */
export const NO_BACKEND = 255;

/** What became of each request that was sent; index `i` is request `i`. */
export interface Samples {
  /** Wall clock (ms since 1970, fractions) of the run's start: other processes' journals use it too. */
  readonly startedEpochMs: number;
  /** Actual send times, from the start of the run. */
  readonly sentMs: Float64Array;
  /** When each request ended, from the start of the run. */
  readonly endedMs: Float64Array;
  /** Index into `CLIENT_OUTCOMES`. */
  readonly outcome: Uint8Array;
  /** Index into `backends`, from the answer's `X-Backend`. */
  readonly backend: Uint8Array;
  readonly backends: readonly string[];
  /** One for each process; process `k` of `n` sent the requests `k`, `k + n`, `k + 2n` … */
  readonly processes: readonly ProcessUse[];
  /** Why the generator had to stop before the end of its job; null when it did not. */
  readonly cutShort: string | null;
}

/** How one process of the generator fared during the run. */
export interface ProcessUse {
  /** Delay of its event loop. */
  readonly loopLagP99Ms: number;
  /** Its processor time, as a share of one core. */
  readonly cpu: number;
}

/** When request `i` of those sent ought to have been: a closed loop means to send whenever it does. */
export function intendedMs(job: Job, { sentMs }: Pick<Samples, 'sentMs'>): Float64Array {
  return job.kind === 'open' ? job.atMs.subarray(0, sentMs.length) : sentMs;
}

/** Sent while a job runs, for the live display. */
export interface Progress {
  readonly elapsedMs: number;
  readonly sent: number;
  readonly ended: number;
  readonly ok: number;
}

export function clientOutcomeName(code: number): ClientOutcome {
  const name = CLIENT_OUTCOMES[code];
  if (name === undefined) throw new RangeError(`no outcome has the code ${code}`);
  return name;
}

export function clientOutcomeCode(outcome: ClientOutcome): number {
  return CLIENT_OUTCOMES.indexOf(outcome);
}
