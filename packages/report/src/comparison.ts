/** The comparisons of results.json: two arms of a scenario, by one metric. */

export const METRICS = [
  'mean',
  'p50',
  'p90',
  'p99',
  'p999',
  'throughput',
  'cpuUsPerRequest',
] as const;
export type Metric = (typeof METRICS)[number];

export const TIMES_OF = ['response', 'queueing'] as const;
export type TimesOf = (typeof TIMES_OF)[number];

/** Two arms of a scenario, over the rounds in which both were valid. */
export interface Comparison {
  readonly scenario: string;
  readonly metric: Metric;
  /** What was to be compared, where there were too few samples for it. */
  readonly wanted?: Metric | undefined;
  /** Which times the metric is of: the response (default), or its part that was not service. */
  readonly of?: TimesOf | undefined;
  /** The arm in question, as `armOf` names it. */
  readonly a: string;
  /** The reference arm. */
  readonly b: string;
  /**
   * The metric of a divided by that of b (geometric mean over rounds); null without a valid round,
   * and where either was not answered. A percentile is one of all requests: a failed one was never
   * answered.
   */
  readonly ratio: number | null;
  /** 95 % interval of this ratio alone (Student's t); null with fewer than two valid rounds. */
  readonly low: number | null;
  readonly high: number | null;
  /** Interval at Holm's level, which the verdict goes by: all of a scenario's hold together with 95 %. */
  readonly adjustedLow?: number | null | undefined;
  readonly adjustedHigh?: number | null | undefined;
  /** Rounds in which all of the scenario's arms were valid. */
  readonly n: number;
  /** After Holm over the arms of the scenario, the repeated reference not among them; else null. */
  readonly adjustedP: number | null;
  /**
   * `a` or `b`: that arm is better beyond chance: it answered more, or as much and sooner (for
   * `throughput`: more per second). An arm that answered less is never better.
   */
  readonly verdict: 'a' | 'b' | 'tie' | 'unresolved';
  /** Shares of the requests of these rounds that were answered; null of none. */
  readonly answered?: { readonly a: number | null; readonly b: number | null } | undefined;
  /** Why the verdict is not what the interval alone would say, or why there is none. */
  readonly reason?: string | undefined;
  /** The smallest relative difference that this run could have told from chance: 0.1 is 10 %. */
  readonly detectable: number | null;
  /** Rounds that it would take, at this run's noise, to see a difference of 10 %. */
  readonly roundsForTenPercent?: number | null | undefined;
}
