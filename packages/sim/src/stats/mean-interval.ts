/**
 * When an interval of the mean response may be told. Batch means cover what they promise only if each
 * batch is long against the time for which a queue remembers its past; a short run at high load has an
 * interval that is far too narrow, and it is better to have none.
 */

import type { Distribution } from '@evenkeel/core';
import type { BatchMeans } from './batch-means.ts';

/** At and above this utilisation there is no steady state to wait for. */
const STEADY_MAX = 0.999;
/** A run has to be so many relaxation times long: then 95 % intervals cover in 90 to 96 of 100 runs. */
const RELAXATIONS_MIN = 100;

/**
 * How long an M/M/1 queue remembers that it began empty, in service times: 1/(1−√load)². Nothing that
 * balances load takes longer; service times that vary more make it (1 + cv²)/2 times as long.
 */
export function relaxation(load: number, squaredCv = 1): number {
  const gap = 1 - Math.sqrt(load);
  return (1 + squaredCv) / 2 / (gap * gap);
}

/** What a run says about its mean. */
export interface MeanInterval {
  /** 95 % interval of the mean response time; undefined where the run was too short for one. */
  readonly meanIntervalMs: [low: number, high: number] | undefined;
  /** Requests that a run needs for one; Infinity where no number is enough. */
  readonly requestsForInterval: number;
}

/** The run as far as it matters here. */
export interface MeasuredQueue {
  readonly utilization: number;
  readonly measuredMs: number;
  /** Requests counted in that time. */
  readonly requests: number;
  /** Of all backends. */
  readonly services: Iterable<Distribution>;
}

/** The interval of a run's mean, or how many requests it takes. */
export function meanIntervalOf(
  means: BatchMeans,
  { utilization, measuredMs, requests, services }: MeasuredQueue,
): MeanInterval {
  let relaxationMs = 0;
  for (const { mean, squaredCv } of services) {
    relaxationMs = Math.max(relaxationMs, mean * relaxation(utilization, squaredCv));
  }
  const isSteady = utilization < STEADY_MAX && relaxationMs < Infinity;
  const needed = isSteady ? (requests * RELAXATIONS_MIN * relaxationMs) / measuredMs : Infinity;
  return {
    meanIntervalMs: requests >= needed ? means.interval() : undefined,
    requestsForInterval: Math.ceil(needed),
  };
}
