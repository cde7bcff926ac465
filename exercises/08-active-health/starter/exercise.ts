/**
 * Exercise 08: active health with hysteresis. A judge hears the result of every probe of one endpoint, and says
 * what to believe and when to probe again.
 */

import type { FinishedProbe, Health, HealthJudge, HealthPolicy } from '@evenkeel/core';

/** Your own numbers, if you have some: `pnpm learn` shows them. */
const RISE = 2;
const FALL = 3;
const INTERVAL_MS = 5_000;
const FAST_INTERVAL_MS = 1_000;
const TIMEOUT_MS = 1_000;

class Judge implements HealthJudge {
  #health: Health;

  constructor(initial: Health) {
    this.#health = initial;
  }

  observe({ ok }: FinishedProbe): Health {
    this.#health = ok ? 'up' : 'down';
    return this.#health;
  }

  nextDelayMs(): number {
    return this.#health === 'up' ? INTERVAL_MS : Math.max(RISE, FALL, 1) * FAST_INTERVAL_MS;
  }

  timeoutMs(): number {
    return TIMEOUT_MS;
  }
}

const policy: HealthPolicy = (initial) => new Judge(initial);
export default policy;
