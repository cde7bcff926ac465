/**
 * When requests of an open load arrive: Poisson, evenly or in bursts, at a mean rate that actions may change.
 * A change leaves the random numbers as they are: it stretches the time between them.
 */

import { log, type Random } from '@evenkeel/core';
import { ratePerSecond } from './fleet.ts';
import type { OpenLoad, Scenario } from './types.ts';

/** A stretch of the load with one mean rate. */
export interface RateSegment {
  /** From the start of the load. */
  readonly fromMs: number;
  readonly ratePerMs: number;
}

/** The time of the next arrival after `atMs`; Infinity: there is none. */
export type NextArrival = (atMs: number) => number;

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
): NextArrival {
  switch (arrivals.kind) {
    case 'constant':
      return evenly(segments);
    case 'poisson':
      return poisson(segments, random, {
        lengthMs: (events, ratePerMs) => events / ratePerMs,
        events: (lengthMs, ratePerMs) => lengthMs * ratePerMs,
      });
    case 'bursty': {
      // Poisson in a time that runs only during bursts; each starts a period of onMs + offMs.
      const { onMs, offMs } = arrivals;
      const periodMs = onMs + offMs;
      const inBursts = segments.map(({ fromMs, ratePerMs }) => {
        const periods = Math.floor(fromMs / periodMs);
        const partMs = Math.min(fromMs - periods * periodMs, onMs);
        return { fromMs: periods * onMs + partMs, ratePerMs };
      });
      const next = poisson(inBursts, random, {
        lengthMs: (events, ratePerMs) => events * (onMs / (ratePerMs * periodMs)),
        events: (lengthMs, ratePerMs) => (lengthMs * ratePerMs * periodMs) / onMs,
      });
      let burstTimeMs = 0;
      return () => {
        burstTimeMs = next(burstTimeMs);
        return burstTimeMs + Math.floor(burstTimeMs / onMs) * offMs;
      };
    }
  }
}

/** Between the number of events in the mean and the time in which they come. */
interface Pace {
  lengthMs(events: number, ratePerMs: number): number;
  events(lengthMs: number, ratePerMs: number): number;
}

/** Exponential gaps; what of one is left at a change of the rate passes at the new rate. */
function poisson(segments: readonly RateSegment[], random: Random, pace: Pace): NextArrival {
  let at = 0;
  let ratePerMs = segments[0]?.ratePerMs ?? 0;
  let untilMs = segments[1]?.fromMs ?? Infinity;
  const lengthMs = (events: number): number =>
    ratePerMs > 0 ? pace.lengthMs(events, ratePerMs) : Infinity;
  return (atMs) => {
    let events = -log(1 - random.next());
    let fromMs = atMs;
    let timeMs = fromMs + lengthMs(events);
    while (timeMs >= untilMs && untilMs < Infinity) {
      events -= pace.events(untilMs - fromMs, ratePerMs);
      fromMs = untilMs;
      at++;
      ratePerMs = segments[at]?.ratePerMs ?? 0;
      untilMs = segments[at + 1]?.fromMs ?? Infinity;
      timeMs = fromMs + lengthMs(Math.max(0, events));
    }
    return timeMs;
  };
}

/** Counted and not summed: a million gaps added up would have drifted. */
function evenly(segments: readonly RateSegment[]): NextArrival {
  let at = 0;
  let count = 0;
  /** Arrivals before the present segment, not a whole number. */
  let before = 0;
  return () => {
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
}
