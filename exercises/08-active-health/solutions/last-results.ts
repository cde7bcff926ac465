/** Remembers the last results, and looks whether enough of them agree. */

import type { FinishedProbe, Health, HealthJudge, HealthPolicy } from '@evenkeel/core';

const RISE = 2;
const FALL = 3;
const INTERVAL_MS = 5_000;
const FAST_INTERVAL_MS = 1_000;
const TIMEOUT_MS = 1_000;

class Judge implements HealthJudge {
  #health: Health;
  #results: boolean[] = [];

  constructor(initial: Health) {
    this.#health = initial;
  }

  observe({ ok }: FinishedProbe): Health {
    this.#results = [...this.#results, ok].slice(-Math.max(RISE, FALL));
    const isNew = this.#health === 'checking';
    if (this.#last(isNew ? 1 : RISE, true)) this.#health = 'up';
    if (this.#last(isNew ? 1 : FALL, false)) this.#health = 'down';
    return this.#health;
  }

  nextDelayMs(): number {
    return this.#health !== 'down' && this.#results.at(-1) !== false
      ? INTERVAL_MS
      : FAST_INTERVAL_MS;
  }

  timeoutMs(): number {
    return TIMEOUT_MS;
  }

  #last(count: number, ok: boolean): boolean {
    return (
      this.#results.length >= count && this.#results.slice(-count).every((result) => result === ok)
    );
  }
}

const policy: HealthPolicy = (initial) => new Judge(initial);
export default policy;
