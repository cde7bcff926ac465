/** Asks fast only when it is down. @fails schedule: 5000 where 1000 is right */

import type { FinishedProbe, Health, HealthJudge, HealthPolicy } from '@evenkeel/core';

const RISE = 2;
const FALL = 3;
const INTERVAL_MS = 5_000;
const FAST_INTERVAL_MS = 1_000;
const TIMEOUT_MS = 1_000;

class Judge implements HealthJudge {
  #health: Health;
  #passes = 0;
  #failures = 0;

  constructor(initial: Health) {
    this.#health = initial;
  }

  observe({ ok }: FinishedProbe): Health {
    this.#passes = ok ? this.#passes + 1 : 0;
    this.#failures = ok ? 0 : this.#failures + 1;
    if (this.#health === 'checking') this.#health = ok ? 'up' : 'down';
    else if (this.#passes >= RISE) this.#health = 'up';
    else if (this.#failures >= FALL) this.#health = 'down';
    return this.#health;
  }

  nextDelayMs(): number {
    const isQuiet = this.#health !== 'down';
    return isQuiet ? INTERVAL_MS : FAST_INTERVAL_MS;
  }

  timeoutMs(): number {
    return TIMEOUT_MS;
  }
}

const policy: HealthPolicy = (initial) => new Judge(initial);
export default policy;
