/**
 * What the load generator is told and what it tells: plain data, because the generator runs in a
 * process of its own (a garbage collection here must not delay a send there) and both cross a pipe.
 */

/** One open-loop run. Request `i` is sent at `atMs[i]`, whatever became of those before it. */
export interface Job {
  /** Origins such as `http://127.0.0.1:3030`. More than one: request `i` goes to `i mod n`. */
  readonly targets: readonly string[];
  /** Intended send times from the start of the run, ascending. */
  readonly atMs: Float64Array;
  /** `X-Work` of each request, in [0, 1): fixes its service time at whichever backend. */
  readonly work: Float64Array;
  /** 1 where the request is a POST, which must never be served twice. */
  readonly post: Uint8Array;
  /** `X-Key` of each request: what the hashing strategies hash. */
  readonly key: readonly string[];
  /** `X-Request-Id` of request `i` is `idPrefix` followed by `i`. */
  readonly idPrefix: string;
  /** From sending to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Length of a POST's body. */
  readonly bodyBytes: number;
  /** Bound on requests in flight, each on a connection of its own; at the bound, sends wait. */
  readonly maxInFlight: number;
}

/**
 * How a request ended, as the client alone can tell. `closed` and `silent` got no response head:
 * whether that is a loss depends on whether the subject was up, which the generator cannot know.
 */
export const ENDINGS = [
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
export type Ending = (typeof ENDINGS)[number];

/** The request had not ended when the samples were taken; never so in a finished run. */
export const UNENDED = 255;
/** The answer named no backend. */
export const NO_BACKEND = 255;

/** What became of each request of a job; index `i` is request `i`. */
export interface Samples {
  /** Wall clock (ms since 1970, fractions) of the run's start: other processes' journals use it too. */
  readonly startedEpochMs: number;
  /** Actual send times, from the start of the run. */
  readonly sentMs: Float64Array;
  /** When each request ended, from the start of the run. */
  readonly endedMs: Float64Array;
  /** Index into `ENDINGS`. */
  readonly ending: Uint8Array;
  /** Index into `backends`, from the answer's `X-Backend`. */
  readonly backend: Uint8Array;
  readonly backends: readonly string[];
  /** Delay of the generator's event loop. */
  readonly loopLagP99Ms: number;
  /** Processor time of the generator during the run, as a share of one core. */
  readonly cpu: number;
}

/** Sent while a job runs, for the live display. */
export interface Progress {
  readonly elapsedMs: number;
  readonly sent: number;
  readonly ended: number;
  readonly ok: number;
}

export function endingName(code: number): Ending {
  const name = ENDINGS[code];
  if (name === undefined) throw new RangeError(`no ending has the code ${code}`);
  return name;
}

export function endingCode(ending: Ending): number {
  return ENDINGS.indexOf(ending);
}
