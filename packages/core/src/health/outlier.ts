/**
 * Passive health: finding the odd one out by what traffic itself meets. A detector hears the
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
   * @returns why the endpoint should be ejected, in a few words for the log, or undefined
   */
  record(slot: number, failed: boolean, nowMs: number): string | undefined;
  /** The slot has a new owner, or its endpoint was found healthy: start afresh. */
  forget(slot: number): void;
}

/** Grows with the slots it is asked for; a typed array cannot. */
function at(cells: readonly number[], slot: number): number {
  return cells[slot] ?? 0;
}

/**
 * Ejects after so many failures in a row (Envoy's `consecutive_gateway_failure`): quick, and right
 * for an endpoint that has died, but blind to one that fails every second request.
 * @param limit failures in a row, ≥ 1
 */
export function consecutiveFailures(limit = 5): OutlierDetector {
  const runs: number[] = [];
  return {
    record(slot: number, failed: boolean): string | undefined {
      const run = failed ? at(runs, slot) + 1 : 0;
      runs[slot] = run >= limit ? 0 : run;
      return run >= limit ? `${limit} consecutive failures` : undefined;
    },
    forget(slot: number): void {
      runs[slot] = 0;
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
  return {
    record(slot: number, failed: boolean, nowMs: number): string | undefined {
      const sinceLast = nowMs - (lastFailMs[slot] ?? Number.NEGATIVE_INFINITY);
      const wasLimit = at(fails, slot) >= limit;
      if (!failed) {
        if (wasLimit) fails[slot] = 0;
        return undefined;
      }
      const count = sinceLast > failTimeoutMs && !wasLimit ? 1 : at(fails, slot) + 1;
      fails[slot] = Math.min(count, limit);
      lastFailMs[slot] = nowMs;
      return count >= limit
        ? `${limit} failures within ${failTimeoutMs} ms of each other`
        : undefined;
    },
    forget(slot: number): void {
      fails[slot] = 0;
      lastFailMs[slot] = Number.NEGATIVE_INFINITY;
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

/** Ejects when any of them does. Every one hears every outcome. */
export function anyOf(...detectors: readonly OutlierDetector[]): OutlierDetector {
  return {
    record(slot: number, failed: boolean, nowMs: number): string | undefined {
      let verdict: string | undefined;
      for (const detector of detectors) verdict = detector.record(slot, failed, nowMs) ?? verdict;
      return verdict;
    },
    forget(slot: number): void {
      for (const detector of detectors) detector.forget(slot);
    },
  };
}
