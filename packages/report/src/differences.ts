/** What has changed between two results.json files, as `bench compare` and `bench --baseline` find it. */

import type { Metric } from './comparison.ts';

export const DIFFERENCES_SCHEMA = 'evenkeel.differences/1';

/** `answered`: the share of the requests that were answered without an error. */
export type DifferenceMetric = Metric | 'answered';

/** One figure of an arm, before and now. */
export interface Difference {
  readonly scenario: string;
  readonly metric: DifferenceMetric;
  /** As `armOf` names it. */
  readonly arm: string;
  /** The arm that the figures are ratios to; null: they are the arm's own, in the metric's unit. */
  readonly against: string | null;
  readonly before: number | null;
  readonly now: number | null;
  /** `now` divided by `before`, geometric means over rounds; null where either is not known. */
  readonly change: number | null;
  /** Interval of the change (Welch); all of a file hold together with 95 %. Null without two rounds in both. */
  readonly low: number | null;
  readonly high: number | null;
  readonly rounds: { readonly before: number; readonly now: number };
  /** `worse` and `better`: the whole interval is beyond the margin; `same`: it is within. */
  readonly verdict: 'worse' | 'better' | 'same' | 'unresolved';
  /** Why it decides nothing, or why there is no interval. */
  readonly reason?: string | undefined;
}

/** One of the two files. */
export interface DifferenceSide {
  readonly startedAt: string;
  readonly commit: string | null;
  readonly machine: string;
  readonly command: string;
}

export interface Differences {
  readonly schema: typeof DIFFERENCES_SCHEMA;
  readonly margin: number;
  readonly before: DifferenceSide;
  readonly now: DifferenceSide;
  readonly differences: readonly Difference[];
  /** What was left out, and why; each a sentence. */
  readonly notes: readonly string[];
}
