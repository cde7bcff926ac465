/**
 * One endpoint under active checks: its judge, asked with care, since a judge may come from
 * outside.
 */

import type { Member } from '../pool.ts';
import type { TimerId } from '../ports.ts';
import type { FinishedProbe, Health, HealthJudge, HealthPolicy } from './health-policy.ts';

/** Where a judge has failed, the endpoint is probed again after this time, and for this long. */
const FALLBACK_MS = 1000;
/** However short a time a judge asks for: an endpoint is not probed without a pause. */
const SHORTEST_MS = 1;

/** Hears of an error in a health policy. */
export type OnHealthError = (where: string, error: unknown) => void;

/** What the schedule keeps of one endpoint: at most one timer and one probe. */
export class Watch {
  readonly member: Member;
  health: Health;
  timer: TimerId = 0;
  /** Ends the running probe; undefined while none runs. */
  stop: (() => void) | undefined = undefined;
  startedMs = 0;
  probes = 0;
  /** Traffic was refused since the last probe. */
  trafficRefused = false;
  /** The probe that runs or is due was asked for by traffic, not by the schedule. */
  isProvoked = false;
  /** Traffic was refused while the probe ran: another is due at once. */
  isStale = false;
  readonly #onError: OnHealthError;
  #judge: HealthJudge | undefined = undefined;

  constructor(member: Member, health: Health, policy: HealthPolicy, onError: OnHealthError) {
    this.member = member;
    this.health = health;
    this.#onError = onError;
    this.judgeBy(policy, health);
  }

  /** A new judge, which begins with this belief. */
  judgeBy(policy: HealthPolicy, health: Health): void {
    this.health = health;
    this.#judge = undefined;
    try {
      this.#judge = policy(health);
    } catch (error) {
      this.#onError('health policy', error);
    }
  }

  observe(probe: FinishedProbe): void {
    if (this.#judge === undefined) return;
    try {
      const health = this.#judge.observe(probe);
      if (health !== 'up' && health !== 'down' && health !== 'checking') {
        throw new Error(`must return up, down or checking, got ${String(health)}`);
      }
      this.health = health;
    } catch (error) {
      this.#onError('health policy, observe', error);
    }
  }

  nextDelayMs(): number {
    return this.#positive('nextDelayMs');
  }

  timeoutMs(): number {
    return this.#positive('timeoutMs');
  }

  #positive(name: 'nextDelayMs' | 'timeoutMs'): number {
    if (this.#judge === undefined) return FALLBACK_MS;
    try {
      const ms = this.#judge[name]();
      if (ms > 0 && Number.isFinite(ms)) return Math.max(ms, SHORTEST_MS);
      throw new Error(`must return a number > 0, got ${String(ms)}`);
    } catch (error) {
      this.#onError(`health policy, ${name}`, error);
      return FALLBACK_MS;
    }
  }
}
