/**
 * Passive health: finding the odd one out by what traffic itself meets. A detector gets the
 * outcome of every attempt and may ask for an ejection; the ejector (ejection.ts) decides for how
 * long, and how many may be out at once. Detectors start no timers: time passes when outcomes do.
 */

/**
 * Finds endpoints that fail. One value watches all endpoints of a pool, by slot: small integers,
 * dense from 0. A detector that throws changes nothing: the error is reported, and no endpoint is
 * ejected.
 */
export interface OutlierDetector {
  /**
   * An attempt at this slot was answered or failed. Not called for attempts that were cancelled,
   * nor for endpoints that are ejected or have left.
   * @param nowMs `Clock.now()`, never less than in the call before
   * @param answered of a failure that was an answer (an error status, a malformed or broken response): the
   *   identity of its request; undefined for a failure without an answer, and where it is not known
   * @returns why the endpoint should be ejected, in a few words for the log, or undefined
   */
  record(slot: number, failed: boolean, nowMs: number, answered?: number): string | undefined;
  /** The slot has a new owner, or its endpoint was found healthy: start afresh. */
  forget(slot: number): void;
}

/** Grows with the slots it is asked for; a typed array cannot. */
function at(cells: readonly number[], slot: number): number {
  return cells[slot] ?? 0;
}

/**
 * How long answers to one and the same request must go on failing, without a success of any, before they
 * count as the endpoint's fault.
 */
const SINGLE_REQUEST_MS = 500;
/** In place of a request's identity: no failure yet. */
const NO_REQUEST = -1;
/** In place of a request's identity: several, or failures without an answer. */
const SEVERAL = -2;

/**
 * Whether the failures of an endpoint can be the fault of one request. A client that repeats a request which
 * no backend can answer must not take the backends out one by one; a backend that fails whatever it is
 * asked has to go, even if it is asked one thing only. So failures that were answers to one and the same
 * request weigh only after half a second without any success. A failure without an answer always weighs.
 */
class Blame {
  /** By slot: whose failures there were since the last `clear`. */
  readonly #requests: number[] = [];
  readonly #lastSuccessMs: number[] = [];
  readonly #firstFailureMs: number[] = [];

  failed(slot: number, nowMs: number, answered: number | undefined): void {
    const known = this.#requests[slot] ?? NO_REQUEST;
    if (known === NO_REQUEST) this.#firstFailureMs[slot] = nowMs;
    if (answered === undefined || (known !== NO_REQUEST && known !== answered)) {
      this.#requests[slot] = SEVERAL;
    } else this.#requests[slot] = answered;
  }

  succeeded(slot: number, nowMs: number): void {
    this.#lastSuccessMs[slot] = nowMs;
  }

  /** The failures so far are no longer counted. */
  clear(slot: number): void {
    this.#requests[slot] = NO_REQUEST;
  }

  forget(slot: number): void {
    this.clear(slot);
    this.#lastSuccessMs[slot] = Number.NEGATIVE_INFINITY;
  }

  /** The failures since the last `clear` speak against the endpoint. */
  isEndpoints(slot: number, nowMs: number): boolean {
    if ((this.#requests[slot] ?? NO_REQUEST) === SEVERAL) return true;
    const since = Math.max(
      this.#firstFailureMs[slot] ?? nowMs,
      this.#lastSuccessMs[slot] ?? Number.NEGATIVE_INFINITY,
    );
    return nowMs - since >= SINGLE_REQUEST_MS;
  }
}

/**
 * Ejects after so many failures in a row (Envoy's `consecutive_gateway_failure`): quick, and right
 * for an endpoint that has died, but blind to one that fails every second request.
 * @param limit failures in a row, ≥ 1
 */
export function consecutiveFailures(limit = 5): OutlierDetector {
  const runs: number[] = [];
  const blame = new Blame();
  return {
    record(slot: number, failed: boolean, nowMs: number, answered?: number): string | undefined {
      if (!failed) {
        blame.succeeded(slot, nowMs);
        if (at(runs, slot) > 0) {
          runs[slot] = 0;
          blame.clear(slot);
        }
        return undefined;
      }
      blame.failed(slot, nowMs, answered);
      const run = at(runs, slot) + 1;
      const isOver = run >= limit && blame.isEndpoints(slot, nowMs);
      runs[slot] = isOver ? 0 : Math.min(run, limit);
      if (!isOver) return undefined;
      blame.clear(slot);
      return `${limit} consecutive failures`;
    },
    forget(slot: number): void {
      runs[slot] = 0;
      blame.forget(slot);
    },
  };
}

/**
 * nginx's `max_fails` and `fail_timeout` (ngx_http_upstream_round_robin.c): failures add up, with
 * successes in between, as long as none is more than `failTimeoutMs` after the one before. After
 * its time out an endpoint is on probation: one more failure ejects it again, a success clears it.
 */
export function maxFails(limit = 1, failTimeoutMs = 10_000): OutlierDetector {
  const fails: number[] = [];
  const lastFailMs: number[] = [];
  const blame = new Blame();
  return {
    record(slot: number, failed: boolean, nowMs: number, answered?: number): string | undefined {
      const sinceLast = nowMs - (lastFailMs[slot] ?? Number.NEGATIVE_INFINITY);
      const wasLimit = at(fails, slot) >= limit;
      if (!failed) {
        blame.succeeded(slot, nowMs);
        if (!wasLimit) return undefined;
        fails[slot] = 0;
        blame.clear(slot);
        return undefined;
      }
      const isFirst = sinceLast > failTimeoutMs && !wasLimit;
      if (isFirst) blame.clear(slot);
      blame.failed(slot, nowMs, answered);
      const count = isFirst ? 1 : at(fails, slot) + 1;
      fails[slot] = Math.min(count, limit);
      lastFailMs[slot] = nowMs;
      return count >= limit && blame.isEndpoints(slot, nowMs)
        ? `${limit} failures within ${failTimeoutMs} ms of each other`
        : undefined;
    },
    forget(slot: number): void {
      fails[slot] = 0;
      lastFailMs[slot] = Number.NEGATIVE_INFINITY;
      blame.forget(slot);
    },
  };
}

/** When an endpoint's success rate is low enough to stand out. */
export interface SuccessRateOptions {
  /** How long outcomes are gathered before they are compared. */
  readonly intervalMs?: number | undefined;
  /** Endpoints with enough requests that there must be for a comparison. */
  readonly minHosts?: number | undefined;
  /** Requests in an interval that make an endpoint comparable. */
  readonly minRequests?: number | undefined;
  /** Outliers are below mean − this many standard deviations. */
  readonly deviations?: number | undefined;
}

/**
 * Ejects endpoints whose success rate is far below the fleet's (Envoy's success-rate detection):
 * sees an endpoint that fails some requests, and ejects none for what all suffer.
 */
export function successRate(options: SuccessRateOptions = {}): OutlierDetector {
  const { intervalMs = 10_000, minHosts = 5, minRequests = 100, deviations = 1.9 } = options;
  let total: number[] = [];
  let good: number[] = [];
  let judged: string[] = [];
  let endsMs = Number.NaN;

  function judge(): void {
    judged = [];
    const rates = new Map<number, number>();
    for (const [slot, count] of total.entries()) {
      if (count >= minRequests) rates.set(slot, at(good, slot) / count);
    }
    if (rates.size >= minHosts) {
      const mean = [...rates.values()].reduce((a, b) => a + b, 0) / rates.size;
      const variance =
        [...rates.values()].reduce((a, b) => a + (b - mean) * (b - mean), 0) / rates.size;
      const threshold = mean - deviations * Math.sqrt(variance);
      for (const [slot, rate] of rates) {
        if (rate < threshold) {
          judged[slot] = `success rate ${percent(rate)} where the fleet has ${percent(mean)}`;
        }
      }
    }
    total = [];
    good = [];
  }

  return {
    record(slot: number, failed: boolean, nowMs: number): string | undefined {
      if (Number.isNaN(endsMs)) endsMs = nowMs + intervalMs;
      if (nowMs >= endsMs) {
        judge();
        endsMs = nowMs + intervalMs;
      }
      total[slot] = at(total, slot) + 1;
      if (!failed) good[slot] = at(good, slot) + 1;
      const verdict = judged[slot];
      if (verdict !== undefined) delete judged[slot];
      return verdict;
    },
    forget(slot: number): void {
      total[slot] = 0;
      good[slot] = 0;
      delete judged[slot];
    },
  };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** Ejects when any of them does. Every one gets every outcome. */
export function anyOf(...detectors: readonly OutlierDetector[]): OutlierDetector {
  return {
    record(slot: number, failed: boolean, nowMs: number, answered?: number): string | undefined {
      let verdict: string | undefined;
      for (const detector of detectors) {
        verdict = detector.record(slot, failed, nowMs, answered) ?? verdict;
      }
      return verdict;
    },
    forget(slot: number): void {
      for (const detector of detectors) detector.forget(slot);
    },
  };
}
