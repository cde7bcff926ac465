/**
 * The balancer's time in tests, on which a moment in which this process stood still did not pass. A machine that others
 * use too can stall for seconds: then every timeout would be over before the bytes that have come
 * meanwhile are read. Here each look at the clock finds at most a few milliseconds gone, so that a timeout ends
 * what really was late. Lower bounds stay true: this time is never ahead of the system's.
 *
 * Importing this file sets the clock of everything that the test's own process runs.
 */

import { performance } from 'node:perf_hooks';
import type { Clock, TimerId } from '@evenkeel/core';
import { systemClock } from '../../src/system-clock.ts';

const LOOK_EVERY_MS = 5;
/** What passes at most between two looks. */
const STEP_MS_MAX = 20;

let nowMs = performance.now();
let lookedMs = nowMs;

function now(): number {
  const systemMs = performance.now();
  nowMs += Math.min(systemMs - lookedMs, STEP_MS_MAX);
  lookedMs = systemMs;
  return nowMs;
}

const timers = new Map<TimerId, NodeJS.Timeout>();
/** Negative: no timer of Node has such an id. */
let nextId = -1;

const steadyClock: Clock = {
  now,
  after(delayMs, fire) {
    const id = nextId--;
    const dueMs = now() + delayMs;
    const wait = (): void => {
      const leftMs = dueMs - now();
      if (leftMs > 0) {
        timers.set(id, setTimeout(wait, Math.ceil(leftMs)));
        return;
      }
      timers.delete(id);
      fire();
    };
    timers.set(id, setTimeout(wait, Math.max(1, Math.ceil(delayMs))));
    return id;
  },
  cancel(id) {
    clearTimeout(timers.get(id) ?? id);
    timers.delete(id);
  },
};

Object.assign(systemClock, steadyClock);
setInterval(now, LOOK_EVERY_MS).unref();
