/**
 * Active health: from probe results to `up` or `down`, and when to ask again. Hysteresis (HAProxy's
 * rise and fall) keeps one lost probe from taking an endpoint out and one lucky one from
 * bringing it back.
 */

/** What a probe found. */
export interface ProbeResult {
  readonly ok: boolean;
  /** The dial was refused: nobody listens. Says more than a timeout does. */
  readonly refused?: boolean;
  /** A few words for the log: `status 500`, `timed out`. */
  readonly detail?: string;
}

/** What is known of one endpoint; plain data, kept by the schedule. */
export interface ProbeRecord {
  health: 'up' | 'down' | 'checking';
  /** Passed and failed probes in a row; one of the two is 0. */
  passes: number;
  failures: number;
  /** Traffic was refused since the last probe: a refused probe now settles the matter. */
  suspected: boolean;
  /** The last failed probe was refused: the next pass is proof enough. */
  refused: boolean;
}

/** Turns probe results into health, and says when to probe next. */
export interface HealthPolicy {
  /** Takes a result into the record, changing its `health` where that follows. */
  observe(record: ProbeRecord, result: ProbeResult): void;
  /** From the start of this probe to the start of the next, before jitter. */
  nextDelayMs(record: ProbeRecord): number;
  /** How long the next probe may take. */
  timeoutMs(record: ProbeRecord): number;
}

/** Timing and thresholds of active checks. */
export interface HysteresisOptions {
  readonly intervalMs?: number | undefined;
  /** While changing: some results, but not yet enough, speak against the present health. */
  readonly fastIntervalMs?: number | undefined;
  readonly downIntervalMs?: number | undefined;
  readonly timeoutMs?: number | undefined;
  /** Passes in a row that bring an endpoint up. */
  readonly rise?: number | undefined;
  /** Failures in a row that take it down. */
  readonly fall?: number | undefined;
}

/**
 * Detection bound: an endpoint that stops answering is down after at most
 * `intervalMs + (fall − 1) · fastIntervalMs + timeoutMs`. That is why a probe may take no longer than
 * the fast interval once its endpoint is suspected.
 */
export function hysteresis(options: HysteresisOptions = {}): HealthPolicy {
  const { intervalMs = 5000, fastIntervalMs = 1000, downIntervalMs = 500 } = options;
  const { timeoutMs = 2000, rise = 2, fall = 3 } = options;

  function isChanging(record: ProbeRecord): boolean {
    return record.health === 'up' ? record.failures > 0 : record.passes > 0;
  }

  return {
    observe(record: ProbeRecord, result: ProbeResult): void {
      if (result.ok) {
        record.failures = 0;
        record.passes += 1;
        const enough = record.refused ? 1 : rise;
        if (record.health === 'checking' || record.passes >= enough) record.health = 'up';
      } else {
        record.passes = 0;
        record.failures += 1;
        record.refused = result.refused === true;
        const settled = record.refused && record.suspected;
        if (record.health === 'checking' || settled || record.failures >= fall) {
          record.health = 'down';
        }
      }
      record.suspected = false;
    },
    nextDelayMs(record: ProbeRecord): number {
      const changing = isChanging(record);
      if (record.health === 'down') {
        return changing ? Math.min(fastIntervalMs, downIntervalMs) : downIntervalMs;
      }
      return changing ? Math.min(fastIntervalMs, intervalMs) : intervalMs;
    },
    timeoutMs(record: ProbeRecord): number {
      const suspected = record.health === 'up' && isChanging(record);
      return suspected ? Math.min(timeoutMs, fastIntervalMs) : timeoutMs;
    },
  };
}
