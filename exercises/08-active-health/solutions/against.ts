/** One count: results in a row that speak against what is believed. */

import type { FinishedProbe, Health, HealthPolicy } from '@evenkeel/core';

const RISE = 2;
const FALL = 3;
const INTERVAL_MS = 5_000;
const FAST_INTERVAL_MS = 1_000;
const TIMEOUT_MS = 1_000;

const policy: HealthPolicy = (initial) => {
  let health = initial;
  let against = 0;
  return {
    observe({ ok }: FinishedProbe): Health {
      const said: Health = ok ? 'up' : 'down';
      against = said === health ? 0 : against + 1;
      const enough = health === 'checking' ? 1 : health === 'up' ? FALL : RISE;
      if (against >= enough) {
        health = said;
        against = 0;
      }
      return health;
    },
    nextDelayMs: (): number => (health === 'down' || against > 0 ? FAST_INTERVAL_MS : INTERVAL_MS),
    timeoutMs: (): number => TIMEOUT_MS,
  };
};
export default policy;
