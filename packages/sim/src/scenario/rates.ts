/**
 * When requests of an open load arrive: Poisson, evenly or in bursts, at a mean rate that actions may change.
 * A change leaves the random numbers as they are: it stretches the time between them.
 */

import { fillUniform, log, type Random } from '@evenkeel/core';
import { ratePerSecond } from './fleet.ts';
import type { OpenLoad, Scenario } from './types.ts';

/** A stretch of the load with one mean rate. */
export interface RateSegment {
  /** From the start of the load. */
  readonly fromMs: number;
  readonly ratePerMs: number;
}

/** Writes the times of the next arrivals, ascending; Infinity: there are no more. */
export type ArrivalTimes = (target: Float64Array) => void;

/** The mean rates of an open load, in order of time; the first begins at 0. */
export function rateSegments(
  scenario: Pick<Scenario, 'fleet' | 'actions'> & { readonly load: OpenLoad },
): RateSegment[] {
  const segments: RateSegment[] = [{ fromMs: 0, ratePerMs: ratePerSecond(scenario) / 1000 }];
  const changes = scenario.actions.flatMap(({ atMs, action }) =>
    typeof action === 'string' ? [] : [{ atMs, ratePerMs: action.load.ratePerSecond / 1000 }],
  );
  for (const { atMs, ratePerMs } of changes.sort((a, b) => a.atMs - b.atMs)) {
    segments.push({ fromMs: scenario.load.warmupMs + atMs, ratePerMs });
  }
  return segments;
}

/** Requests that an open load sends in the mean. */
export function meanRequests(
  scenario: Pick<Scenario, 'fleet' | 'actions'> & { readonly load: OpenLoad },
): number {
  const segments = rateSegments(scenario);
  const endMs = scenario.load.warmupMs + scenario.load.durationMs;
  return segments.reduce((sum, { fromMs, ratePerMs }, i) => {
    const toMs = Math.min(endMs, segments[i + 1]?.fromMs ?? endMs);
    return sum + Math.max(0, toMs - fromMs) * ratePerMs;
  }, 0);
}

/** The arrivals of an open load at these rates. */
export function arrivalTimes(
  arrivals: OpenLoad['arrivals'],
  segments: readonly RateSegment[],
  random: Random,
): ArrivalTimes {
  switch (arrivals.kind) {
    case 'constant':
      return evenly(segments);
    case 'poisson':
      return poisson(segments, random, (events, ratePerMs) => events / ratePerMs);
    case 'bursty':
      return inBursts(arrivals, segments, random);
  }
}

/** Poisson in a time that runs only during bursts; each starts a period of onMs + offMs. */
function inBursts(
  { onMs, offMs }: { readonly onMs: number; readonly offMs: number },
  segments: readonly RateSegment[],
  random: Random,
): ArrivalTimes {
  const periodMs = onMs + offMs;
  const inBurstTime = segments.map(({ fromMs, ratePerMs }) => {
    const periods = Math.floor(fromMs / periodMs);
    const partMs = Math.min(fromMs - periods * periodMs, onMs);
    return { fromMs: periods * onMs + partMs, ratePerMs };
  });
  const burstTimes = poisson(
    inBurstTime,
    random,
    (events, ratePerMs) => events * (onMs / (ratePerMs * periodMs)),
  );
  return (target) => {
    burstTimes(target);
    for (let i = 0; i < target.length; i++) {
      const burstTimeMs = target[i] as number;
      target[i] = burstTimeMs + Math.floor(burstTimeMs / onMs) * offMs;
    }
  };
}

/** How long it takes until so many events have come in the mean. */
type Pace = (events: number, ratePerMs: number) => number;

/** Exponential gaps; what of one is left at a change of the rate passes at the new rate. */
function poisson(segments: readonly RateSegment[], random: Random, pace: Pace): ArrivalTimes {
  let at = 0;
  let lastMs = 0;
  const rateAt = (i: number): number => segments[i]?.ratePerMs ?? 0;
  const lengthMs = (events: number): number =>
    rateAt(at) > 0 ? pace(events, rateAt(at)) : Infinity;
  return (target) => {
    fillUniform(random, target);
    // A loop of its own: a logarithm does not wait for the one before it, as a time does.
    for (let i = 0; i < target.length; i++) target[i] = -log(1 - (target[i] as number));
    // A local variable: each number that is written to one of a closure is a new object.
    let fromMs = lastMs;
    let untilMs = segments[at + 1]?.fromMs ?? Infinity;
    for (let i = 0; i < target.length; i++) {
      let events = target[i] as number;
      let timeMs = fromMs + lengthMs(events);
      while (timeMs >= untilMs && untilMs < Infinity) {
        // The share of the gap that has passed at the old rate.
        if (rateAt(at) > 0) events *= 1 - (untilMs - fromMs) / (timeMs - fromMs);
        fromMs = untilMs;
        at++;
        untilMs = segments[at + 1]?.fromMs ?? Infinity;
        timeMs = fromMs + lengthMs(events);
      }
      fromMs = timeMs;
      target[i] = timeMs;
    }
    lastMs = fromMs;
  };
}

/** Counted and not summed: a million gaps added up would have drifted. */
function evenly(segments: readonly RateSegment[]): ArrivalTimes {
  let at = 0;
  let count = 0;
  /** Arrivals before the present segment, not a whole number. */
  let before = 0;
  const next = (): number => {
    for (;;) {
      const { fromMs, ratePerMs } = segments[at] as RateSegment;
      const untilMs = segments[at + 1]?.fromMs ?? Infinity;
      const timeMs = ratePerMs > 0 ? fromMs + (count - before) / ratePerMs : Infinity;
      if (timeMs < untilMs || untilMs === Infinity) {
        count++;
        return timeMs;
      }
      before += (untilMs - fromMs) * ratePerMs;
      at++;
    }
  };
  return (target) => {
    for (let i = 0; i < target.length; i++) target[i] = next();
  };
}
