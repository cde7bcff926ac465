/**
 * One source of backends over time: when it is asked again, and what holds meanwhile. The last good answer
 * holds until there is another good one, because a DNS server that fails says nothing about the backends.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Mode } from '@evenkeel/config';
import type { Clock, TimerId } from '@evenkeel/core';
import type { Backend, DiscoveryConfig } from '../config/types.ts';
import { DiscoveryError, type FailureKind, type Finder, type Found } from './finder.ts';

/** How asking once ended. */
export type AskResult = 'ok' | FailureKind;

/** Hears how each question ended, after the source has taken it in. */
export type SourceListener = (source: DiscoverySource) => void;

/** One question may take no longer, whatever is asked for it. */
const FIND_MS_MAX = 30_000;

/** Asks one source again and again. */
export class DiscoverySource {
  readonly service: string;
  #finder: Finder;
  readonly #clock: Clock;
  readonly #listener: SourceListener;
  readonly #counts = new Map<AskResult, number>();
  readonly #closed = new AbortController();
  #config: DiscoveryConfig;
  /** Until it is asked again. */
  #timer: TimerId = 0;
  /** Until the running question is given up. */
  #limit: TimerId = 0;
  #stopWatching: (() => void) | undefined;
  #isAsking = false;
  /** News came while it was being asked. */
  #askAgain = false;
  #failuresInRow = 0;
  #hadGood = false;
  #backends: readonly Backend[] = [];
  #last: AskResult | undefined;
  #detail = '';
  #goodAtMs: number | undefined;

  constructor(
    service: string,
    config: DiscoveryConfig,
    finder: Finder,
    clock: Clock,
    listener: SourceListener,
  ) {
    this.service = service;
    this.#config = config;
    this.#finder = finder;
    this.#clock = clock;
    this.#listener = listener;
  }

  get url(): string {
    return this.#config.url;
  }

  get mode(): Mode {
    return this.#config.mode;
  }

  /** What it stands for now. */
  get backends(): readonly Backend[] {
    return this.#backends;
  }

  /** How the last question ended; undefined before the first end. */
  get result(): AskResult | undefined {
    return this.#last;
  }

  /** What the last failure was about; empty after a good answer. */
  get detail(): string {
    return this.#detail;
  }

  /** `Clock.now()` of the last good answer. */
  get goodAtMs(): number | undefined {
    return this.#goodAtMs;
  }

  /** How many questions have ended in which way. */
  get counts(): ReadonlyMap<AskResult, number> {
    return this.#counts;
  }

  /** Asks for the first time, and whenever it is time or the source says so from then on. */
  start(): void {
    this.#stopWatching = this.#finder.watch?.(() => this.#ask());
    this.#ask();
  }

  /** Begins with what others have found in its place: they hold until it has a good answer of its own. */
  inherit(backends: readonly Backend[]): void {
    this.#backends = backends;
    this.#hadGood = backends.length > 0;
  }

  /** Other bounds and settings hold from the next answer on; for other settings it is asked at once. */
  update(config: DiscoveryConfig, finder: Finder): void {
    const isSame = isDeepStrictEqual(config.settings, this.#config.settings);
    this.#config = config;
    this.#finder = finder;
    if (!isSame) this.#ask();
  }

  close(): void {
    this.#closed.abort();
    this.#clock.cancel(this.#timer);
    this.#clock.cancel(this.#limit);
    this.#stopWatching?.();
  }

  #ask(): void {
    if (this.#closed.signal.aborted) return;
    if (this.#isAsking) {
      this.#askAgain = true;
      return;
    }
    this.#isAsking = true;
    this.#clock.cancel(this.#timer);
    const giveUp = new AbortController();
    const signal = AbortSignal.any([giveUp.signal, this.#closed.signal]);
    this.#limit = this.#clock.after(FIND_MS_MAX, () =>
      giveUp.abort(new DiscoveryError('timeout', `no answer within ${FIND_MS_MAX / 1000} s`)),
    );
    this.#finder
      .find(signal)
      .catch((error: unknown) => failureOf(giveUp.signal.aborted ? giveUp.signal.reason : error))
      .then((answer) => {
        this.#clock.cancel(this.#limit);
        this.#isAsking = false;
        if (!this.#closed.signal.aborted) this.#take(answer);
      });
  }

  #take(answer: Found | DiscoveryError): void {
    const failure = answer instanceof DiscoveryError ? answer : answer.missing;
    const found = answer instanceof DiscoveryError ? undefined : answer;
    if (found !== undefined && failure === undefined) {
      this.#hadGood = true;
      this.#goodAtMs = this.#clock.now();
      this.#failuresInRow = 0;
      this.#backends = found.backends;
    } else {
      this.#failuresInRow += 1;
      // Part of an answer is better than none, and worse than a whole one.
      if (found !== undefined && !this.#hadGood) this.#backends = found.backends;
    }
    this.#last = failure?.kind ?? 'ok';
    this.#detail = failure?.message ?? '';
    this.#counts.set(this.#last, (this.#counts.get(this.#last) ?? 0) + 1);
    this.#timer = this.#clock.after(this.#waitMs(found), () => this.#ask());
    this.#listener(this);
    if (this.#askAgain) {
      this.#askAgain = false;
      this.#ask();
    }
  }

  /** After failures twice as long each time, within the same bounds. */
  #waitMs(found: Found | undefined): number {
    const { minRefreshMs, maxRefreshMs } = this.#config;
    const wanted =
      this.#failuresInRow === 0
        ? (found?.ttlMs ?? 0)
        : minRefreshMs * 2 ** Math.min(this.#failuresInRow - 1, 31);
    return Math.min(Math.max(wanted, minRefreshMs), maxRefreshMs);
  }
}

/** A mistake of ours in a finder must end as a failure that is told, not as the end of the program. */
function failureOf(error: unknown): DiscoveryError {
  if (error instanceof DiscoveryError) return error;
  return new DiscoveryError('malformed', error instanceof Error ? error.message : String(error));
}
