/**
 * Hysteresis (HAProxy's rise and fall): keeps one lost probe from taking an endpoint out and one
 * lucky one from bringing it back. The built-in health policy.
 */

import { RISE } from './evidence.ts';
import type { FinishedProbe, Health, HealthJudge, HealthPolicy } from './health-policy.ts';

/** Timing and thresholds of active checks. */
export interface HysteresisOptions {
  readonly intervalMs?: number | undefined;
  /** While changing: some results, but not yet enough, speak against the present health. */
  readonly fastIntervalMs?: number | undefined;
  readonly downIntervalMs?: number | undefined;
  readonly timeoutMs?: number | undefined;
  /** Passes in a row that bring an endpoint up. */
  readonly rise?: number | undefined;
  /** Failures in a row that take it down. */
  readonly fall?: number | undefined;
}

/**
 * The first probe decides at once. A refused probe does too where traffic was refused as well, and
 * the first pass after a refused probe: something listens again.
 *
 * Detection bound: an endpoint that stops answering is down after at most `intervalMs + (fall − 1)
 * · fastIntervalMs + timeoutMs`. That is why a probe may take no longer than the fast interval once
 * its endpoint is suspected. Where passed probes take more than half of that, it may take twice their
 * time instead, at most `timeoutMs`: one lost probe must not condemn a slow health page.
 */
export function hysteresis(options: HysteresisOptions = {}): HealthPolicy {
  const { rise = RISE } = options;
  return Object.assign((initial: Health) => new Hysteresis(options, initial), { rise });
}

/** A suspected endpoint may take this many times as long as its passed probes did. */
const SLACK = 2;
/** By this factor one slow pass counts less with each pass after it. */
const FADING = 0.8;

class Hysteresis implements HealthJudge {
  readonly #intervalMs: number;
  readonly #fastIntervalMs: number;
  readonly #downIntervalMs: number;
  readonly #timeoutMs: number;
  readonly #rise: number;
  readonly #fall: number;
  #health: Health;
  /** Passed and failed probes in a row; one of the two is 0. */
  #passes = 0;
  #failures = 0;
  /** The last failed probe was refused. */
  #wasRefused = false;
  /** How long passed probes take, slow ones remembered for a while; unknown: without limit. */
  #passMs = Number.POSITIVE_INFINITY;

  constructor(options: HysteresisOptions, initial: Health) {
    this.#intervalMs = options.intervalMs ?? 5000;
    this.#fastIntervalMs = options.fastIntervalMs ?? 1000;
    this.#downIntervalMs = options.downIntervalMs ?? 500;
    this.#timeoutMs = options.timeoutMs ?? 2000;
    this.#rise = options.rise ?? RISE;
    this.#fall = options.fall ?? 3;
    this.#health = initial;
  }

  observe(probe: FinishedProbe): Health {
    if (probe.ok) this.#passed(probe.latencyMs);
    else this.#failed(probe);
    return this.#health;
  }

  nextDelayMs(): number {
    const usualMs = this.#health === 'down' ? this.#downIntervalMs : this.#intervalMs;
    return this.#isChanging ? Math.min(this.#fastIntervalMs, usualMs) : usualMs;
  }

  timeoutMs(): number {
    const isSuspected = this.#health === 'up' && this.#isChanging;
    if (!isSuspected) return this.#timeoutMs;
    return Math.min(this.#timeoutMs, Math.max(this.#fastIntervalMs, SLACK * this.#passMs));
  }

  get #isChanging(): boolean {
    return this.#health === 'up' ? this.#failures > 0 : this.#passes > 0;
  }

  #passed(latencyMs: number): void {
    const rememberedMs = Number.isFinite(this.#passMs) ? this.#passMs * FADING : 0;
    this.#passMs = Math.max(latencyMs, rememberedMs);
    this.#failures = 0;
    this.#passes += 1;
    const enough = this.#wasRefused ? 1 : this.#rise;
    if (this.#health === 'checking' || this.#passes >= enough) this.#health = 'up';
  }

  #failed({ refused, trafficRefused }: FinishedProbe): void {
    this.#passes = 0;
    this.#failures += 1;
    this.#wasRefused = refused === true;
    const isCertain = this.#wasRefused && trafficRefused;
    if (this.#health === 'checking' || isCertain || this.#failures >= this.#fall) {
      this.#health = 'down';
    }
  }
}
