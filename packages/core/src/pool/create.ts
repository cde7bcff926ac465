/**
 * The pool: composes membership, health, ejection, levels and slow start into the one list that a
 * strategy picks from. The common pick, with nobody excluded, hands the strategy the ready list
 * itself and costs the same for 4 endpoints and 10,000.
 */

import type { Attempt } from '../attempt.ts';
import { type EjectionOptions, EjectionTerms } from '../health/ejection.ts';
import { isFailure } from '../health/failure.ts';
import type { OutlierDetector } from '../health/outlier.ts';
import type { SlowStart } from '../health/slow-start.ts';
import type {
  AdminState,
  EndpointSpec,
  NoAttempt,
  Pool,
  PoolEvent,
  PoolObserver,
} from '../pool.ts';
import type { Clock, Random } from '../ports.ts';
import type { Endpoint, Outcome, RequestInfo, Strategy } from '../strategy.ts';
import { Counters } from './counters.ts';
import { Ejector } from './ejector.ts';
import { buildLevels, type Level } from './levels.ts';
import type { Health, PoolMember } from './member.ts';
import { Membership } from './membership.ts';
import { type AttemptOwner, RunningAttempt } from './running-attempt.ts';
import { validateSpecs } from './validate.ts';
import { Warming } from './warming.ts';

/** What a pool is made of. */
export interface PoolOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly strategy: Strategy;
  /** Health of a newcomer: `checking` where probes will find out, else `up` (default). */
  readonly initialHealth?: 'up' | 'checking';
  /** Passive health; without it nobody is ejected. */
  readonly detector?: OutlierDetector;
  readonly ejection?: EjectionOptions;
  readonly slowStart?: SlowStart;
  /** Fewer ready than this, in percent, readmits the ejected; 0 (default): never. */
  readonly panicPercent?: number;
  readonly observer?: PoolObserver;
  /** This worker's row of the counters and how many there are; default 0 of 1. */
  readonly row?: number;
  readonly rows?: number;
}

/** Makes an empty pool. */
export function createPool(options: PoolOptions): WorkingPool {
  return new WorkingPool(options);
}

/** Hears of the end of attempts that a balancer drives. */
export type AttemptListener = (attempt: RunningAttempt, outcome: Outcome) => void;

/** The implementation of `Pool`. */
export class WorkingPool implements Pool, AttemptOwner {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #observer: PoolObserver;
  readonly #detector: OutlierDetector | undefined;
  readonly #initialHealth: Health;
  readonly #panicPercent: number;
  readonly #membership: Membership;
  readonly #ejector: Ejector;
  readonly #warming: Warming | undefined;
  readonly #scratch: PoolMember[] = [];
  readonly #excluded: PoolMember[] = [];
  #strategy: Strategy;
  #levels: readonly Level[] = [];
  #ready: readonly PoolMember[] = [];
  #hasLimits = false;
  #seq = 0;
  #inFlight = 0;
  #onAttemptEnded: AttemptListener | undefined;
  #onReadyChanged: (() => void) | undefined;

  constructor(options: PoolOptions) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#strategy = options.strategy;
    this.#observer = options.observer ?? {};
    this.#detector = options.detector;
    this.#initialHealth = options.initialHealth ?? 'up';
    this.#panicPercent = options.panicPercent ?? 0;
    this.#membership = new Membership(new Counters(options.row, options.rows));
    const terms = new EjectionTerms(options.ejection);
    this.#ejector = new Ejector(options.clock, terms, (member, reason) =>
      this.#review([member], reason),
    );
    this.#warming = options.slowStart && new Warming(options.clock, options.slowStart);
    this.#strategy.prepare?.([]);
  }

  get members(): readonly PoolMember[] {
    return this.#membership.members;
  }

  get ready(): readonly PoolMember[] {
    return this.#ready;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  now(): number {
    return this.#clock.now();
  }

  member(id: string): PoolMember | undefined {
    return this.#membership.byId(id);
  }

  /** The balancer's ears: one balancer per pool. */
  listen(onAttemptEnded: AttemptListener, onReadyChanged: () => void): void {
    this.#onAttemptEnded = onAttemptEnded;
    this.#onReadyChanged = onReadyChanged;
  }

  update(specs: readonly EndpointSpec[]): void {
    validateSpecs(specs);
    const { added, removed, reweighed } = this.#membership.update(
      specs,
      this.#initialHealth,
      this.now(),
    );
    this.#hasLimits = this.members.some((member) => member.maxConnections > 0);
    for (const member of removed) {
      this.#ejector.forget(member);
      this.#warming?.stop(member);
    }
    for (const member of added) {
      this.#detector?.forget(member.slot);
      this.#ejector.forget(member);
      if (member.state === 'ready') this.#warming?.becameReady(member);
    }
    if (added.length > 0 || removed.length > 0 || reweighed) this.#strategy.prepare?.(this.members);
    this.#relist();
    for (const member of removed) this.#emit('removed', member, 'configuration');
    for (const member of added) this.#emit('added', member, 'configuration');
    this.#review([], '');
  }

  setStrategy(strategy: Strategy): void {
    this.#strategy = strategy;
    strategy.prepare?.(this.members);
  }

  setAdminState(id: string, adminState: AdminState): void {
    const member = this.member(id);
    if (member === undefined) throw new RangeError(`no endpoint has the id ${id}`);
    if (member.adminState === 'maintenance' && adminState !== 'maintenance') {
      // Nobody has probed it meanwhile: what was known is out of date.
      member.health = this.#initialHealth;
      member.warmsNext = true;
    }
    member.adminState = adminState;
    this.#review([member], 'operator');
  }

  setHealth(endpoint: Endpoint, health: Health, reason: string): void {
    const member = endpoint as PoolMember;
    if (!member.present) return;
    const wasEjected = member.isEjected;
    member.health = health;
    if (health === 'up' && wasEjected) {
      this.#ejector.release(member);
      this.#detector?.forget(member.slot);
    }
    this.#review([member], reason);
  }

  start(request: RequestInfo, tried: readonly Endpoint[]): Attempt | NoAttempt {
    this.#warming?.refresh();
    const levels = this.#levels;
    const first = levels.length === 1 ? 0 : this.#drawLevel();
    const isPlain = tried.length === 0 && !this.#hasLimits && !this.#holdsBack();
    const level = levels[first];
    if (isPlain && level !== undefined && level.list.length > 0) {
      this.#membership.view.level = first;
      return this.#begin(this.#picked(level.list, request), false);
    }
    const found = this.#pickAmong(first, request, tried);
    if (found !== 'none' || tried.length === 0) return found;
    // Everybody has been tried: better the same again than nobody.
    return this.#pickAmong(first, request, tried, true);
  }

  startAt(endpoint: Endpoint): Attempt | NoAttempt {
    const member = endpoint as PoolMember;
    if (!member.listed) return 'none';
    return member.isFull ? 'full' : this.#begin(member, true);
  }

  /** Ejects an endpoint for other reasons than the detector's. @returns false if it may not be */
  eject(endpoint: Endpoint, reason: string): boolean {
    const member = endpoint as PoolMember;
    if (member.state !== 'ready' || !member.present) return false;
    if (!this.#ejector.eject(member, this.members)) return false;
    this.#review([member], reason);
    return true;
  }

  close(): void {
    this.#ejector.close();
  }

  attemptEnded(attempt: RunningAttempt, outcome: Outcome): void {
    const member = attempt.endpoint;
    const failed = isFailure(outcome);
    this.#inFlight -= 1;
    this.#membership.counters.ended(member.slot, failed);
    attempt.strategy.settled?.(member, outcome);
    if (!member.present) this.#membership.release(member);
    this.#observer.settled?.(member, outcome);
    if (outcome.kind !== 'cancelled') this.#judge(member, failed);
    this.#onAttemptEnded?.(attempt, outcome);
  }

  #judge(member: PoolMember, failed: boolean): void {
    if (this.#detector === undefined || !member.present || member.isEjected) return;
    const verdict = this.#detector.record(member.slot, failed, this.now());
    if (verdict !== undefined) this.eject(member, verdict);
  }

  /** Trusts no strategy with the promise that only candidates get traffic: a stranger's is a bug. */
  #picked(candidates: readonly PoolMember[], request: RequestInfo): PoolMember {
    const picked = this.#strategy.pick(candidates, request) as PoolMember | undefined;
    if (picked?.eligible !== true) {
      this.#include();
      throw new Error(`the strategy picked ${picked?.id ?? 'nothing'}, which is no candidate`);
    }
    return picked;
  }

  #begin(member: PoolMember, isRetry: boolean): Attempt {
    const strategy = this.#strategy;
    const attempt = new RunningAttempt(member, this.now(), this.#seq, strategy, this);
    this.#membership.counters.started(member.slot, isRetry);
    this.#inFlight += 1;
    strategy.started?.(member);
    return attempt;
  }

  /** The drawn level, then those that share the traffic, then the rest: backups come last. */
  #pickAmong(
    first: number,
    request: RequestInfo,
    tried: readonly Endpoint[],
    repeat = false,
  ): Attempt | NoAttempt {
    const levels = this.#levels;
    let sawFull = false;
    for (let turn = 0; turn <= levels.length; turn++) {
      const index = turn === 0 ? first : turn - 1;
      const level = levels[index];
      if (level === undefined || (turn > 0 && index === first)) continue;
      // An endpoint at its limit is worth a wait; an idle backup is for when nobody is left.
      if (sawFull && level.share === 0) continue;
      sawFull = this.#collect(level, repeat ? [] : tried) || sawFull;
      if (this.#scratch.length === 0) continue;
      this.#membership.view.level = index;
      const picked = this.#picked(this.#scratch, request);
      this.#include();
      return this.#begin(picked, tried.length > 0);
    }
    this.#include();
    return sawFull ? 'full' : 'none';
  }

  /** Fills the scratch list with whom this pick may choose. @returns whether somebody was full */
  #collect(level: Level, tried: readonly Endpoint[]): boolean {
    this.#include();
    const candidates = this.#scratch;
    const holdsBack = this.#holdsBack();
    let sawFull = false;
    let held: PoolMember | undefined;
    for (const member of level.list) {
      if (tried.includes(member)) this.#exclude(member);
      else if (member.isFull) {
        sawFull = true;
        this.#exclude(member);
      } else if (holdsBack && member.factor < 1 && this.#random.next() >= member.factor) {
        held = member;
        this.#exclude(member);
      } else candidates.push(member);
    }
    if (candidates.length === 0 && held !== undefined) {
      held.excluded = false;
      candidates.push(held);
    }
    return sawFull && candidates.length === 0;
  }

  #exclude(member: PoolMember): void {
    member.excluded = true;
    this.#excluded.push(member);
  }

  #include(): void {
    for (const member of this.#excluded) member.excluded = false;
    this.#excluded.length = 0;
    this.#scratch.length = 0;
  }

  #holdsBack(): boolean {
    if (this.#warming === undefined || !this.#warming.isActive) return false;
    return this.#strategy.followsEffectiveWeight !== true;
  }

  #drawLevel(): number {
    const levels = this.#levels;
    const top = levels[0];
    if (top === undefined || top.share === 100) return 0;
    let draw = this.#random.below(100);
    for (const [index, level] of levels.entries()) {
      draw -= level.share;
      if (draw < 0) return index;
    }
    return 0;
  }

  /** Works out the state of these members anew, and what follows from it for all. */
  #review(changed: readonly PoolMember[], reason: string): void {
    let relist = false;
    const surplus = this.#ejector.enforceCap(this.members);
    for (const member of surplus.length > 0 ? [...changed, ...surplus] : changed) {
      const to = member.derivedState();
      const from = member.state;
      if (from === to || !member.present) continue;
      relist = true;
      member.state = to;
      member.sinceMs = this.now();
      if (to === 'ready') this.#warming?.becameReady(member);
      else if (from === 'ready') this.#warming?.stop(member);
      if (to === 'down' || to === 'ejected') member.warmsNext = true;
      this.#relist();
      const why = changed.includes(member) ? reason : 'too many are ejected';
      this.#emit('state', member, why, from);
    }
    if (relist || changed.length === 0) this.#onReadyChanged?.();
  }

  #relist(): void {
    this.#levels = buildLevels(this.members, this.#panicPercent);
    const active = this.#levels.filter((level) => level.share > 0);
    const only = active.length === 1 ? active[0] : undefined;
    this.#ready = only?.list ?? active.flatMap((level) => level.list);
  }

  #emit(
    type: PoolEvent['type'],
    member: PoolMember,
    reason: string,
    from: PoolEvent['from'] = undefined,
  ): void {
    this.#seq += 1;
    const base = { seq: this.#seq, atMs: this.now(), type, endpoint: member.id, reason };
    const event = from === undefined ? base : { ...base, from, to: member.state };
    this.#observer.event?.(event);
  }
}
