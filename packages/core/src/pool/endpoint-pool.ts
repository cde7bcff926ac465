/**
 * The pool: composes membership, health, ejection, levels and slow start into the one list that a
 * strategy picks from, and counts what is sent.
 */

import type { Check } from '../health/evidence.ts';
import { FAILURE_STATUSES, isFailure } from '../health/failure.ts';
import type { Health } from '../health/health-policy.ts';
import type { AdminState, EndpointSpec, Pool, PoolObserver } from '../pool.ts';
import type { Clock } from '../ports.ts';
import type { Endpoint, Outcome, RequestInfo, Strategy } from '../strategy.ts';
import { Candidates } from './candidates.ts';
import { LocalCounters } from './counters.ts';
import { EventSequence } from './event-sequence.ts';
import { FailOpen } from './fail-open.ts';
import type { PoolMember } from './member.ts';
import { Membership } from './membership.ts';
import type { PoolOptions, PoolPolicies } from './options.ts';
import { OTHER_IS_BACK, Passive, type PassiveOwner } from './passive.ts';
import { type OnPolicyError, prepare, settled, started } from './policy-calls.ts';
import type { PoolListener, PoolRequest } from './pool-listener.ts';
import { type AttemptOwner, RunningAttempt, type Started } from './running-attempt.ts';
import { Warming } from './warming.ts';

/**
 * The implementation of `Pool`; it begins without endpoints. `Request` is what its balancer keeps
 * of a request: each attempt carries one along.
 */
export class EndpointPool<Request extends PoolRequest = PoolRequest>
  implements Pool, AttemptOwner<Request>, PassiveOwner
{
  /** Reports an error in a strategy or policy. */
  readonly onPolicyError: OnPolicyError;
  readonly #clock: Clock;
  readonly #observer: PoolObserver;
  readonly #events: EventSequence;
  #failureStatuses: ReadonlySet<number>;
  #initialHealth: Health;
  readonly #membership: Membership;
  readonly #passive: Passive;
  readonly #failOpen = new FailOpen();
  readonly #warming: Warming;
  readonly #candidates: Candidates;
  #strategy: Strategy;
  #inFlight = 0;
  #listener: PoolListener<Request> | undefined;

  constructor(options: PoolOptions) {
    this.#clock = options.clock;
    this.#strategy = options.strategy;
    this.#observer = options.observer ?? {};
    this.#events = new EventSequence(options.clock, this.#observer);
    this.#failureStatuses = options.failureStatuses ?? FAILURE_STATUSES;
    this.#initialHealth = options.isProbed === true ? 'checking' : 'up';
    this.#membership = new Membership(options.counters ?? new LocalCounters());
    this.onPolicyError = (where, error) => this.#observer.policyFailed?.(where, error);
    this.#passive = new Passive(this, this.#membership.view, options);
    this.#warming = new Warming(options.clock, options.slowStart, this.onPolicyError);
    this.#candidates = new Candidates(
      this.#membership.view,
      options.random,
      options.panic,
      this.#warming,
      this.onPolicyError,
    );
  }

  get members(): readonly PoolMember[] {
    return this.#membership.members;
  }

  get ready(): readonly PoolMember[] {
    return this.#candidates.ready;
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

  /** Sets the balancer that is told; a pool has one. */
  listen(listener: PoolListener<Request>): void {
    this.#listener = listener;
  }

  update(specs: readonly EndpointSpec[], reason = 'configuration'): void {
    const { added, removed, reweighed } = this.#membership.update(
      specs,
      this.#initialHealth,
      this.now(),
    );
    for (const member of removed) {
      this.#passive.left(member);
      this.#failOpen.left(member);
      this.#warming.stop(member);
    }
    for (const member of added) {
      this.#passive.joined(member);
      if (member.state === 'ready') this.#warming.becameReady(member);
    }
    if (added.length > 0 || removed.length > 0 || reweighed) {
      prepare(this.#strategy, this.members, this.onPolicyError);
    }
    this.#candidates.changed(this.members);
    const departed = removed.filter((member) => this.#membership.release(member));
    for (const member of removed) this.#events.joinedOrLeft('removed', member, reason);
    for (const member of added) this.#events.joinedOrLeft('added', member, reason);
    for (const member of departed) this.#observer.departed?.(member);
    this.review([], '');
  }

  setStrategy(strategy: Strategy): void {
    strategy.prepare?.(this.members);
    this.#strategy = strategy;
  }

  /** Changes the policies that are given; `Cluster.setPolicies` says what each change keeps. */
  setPolicies(change: PoolPolicies): void {
    let released: readonly PoolMember[] = [];
    if ('detector' in change) released = this.#passive.setDetector(change.detector);
    if ('failureStatuses' in change) {
      this.#failureStatuses = change.failureStatuses ?? FAILURE_STATUSES;
    }
    if ('ejection' in change) this.#passive.configure(change.ejection ?? {});
    if ('slowStart' in change) this.#warming.setSlowStart(change.slowStart);
    if ('panic' in change) this.#candidates.panic = change.panic;
    this.review(released, 'passive health is off');
    this.#listener?.readyChanged();
  }

  /** Probes find out about newcomers from now on; or no longer, and then all members are up. */
  setProbed(isProbed: boolean): void {
    this.#initialHealth = isProbed ? 'checking' : 'up';
    if (isProbed) return;
    const changed = this.members.filter(({ health }) => health !== 'up');
    for (const member of changed) this.#setHealth(member, 'up');
    this.review(changed, 'health checks are off');
  }

  isFailureStatus(status: number): boolean {
    return this.#failureStatuses.has(status);
  }

  setAdminState(id: string, adminState: AdminState): void {
    const member = this.member(id);
    if (member === undefined) throw new RangeError(`no endpoint has the id ${id}`);
    if (member.adminState === 'maintenance') {
      // It was not probed meanwhile: what was known is out of date.
      this.#setHealth(member, this.#initialHealth);
      member.warmsNext = true;
    }
    member.adminState = adminState;
    this.review([member], 'operator');
  }

  setHealth(endpoint: Endpoint, health: Health, reason: string, isAnswered = false): void {
    const member = endpoint as PoolMember;
    if (!member.present) return;
    const isFirst = health === 'up' && member.health !== 'up' && this.#passive.isFirst();
    this.#setHealth(member, health, isAnswered);
    // Also while it drains: an endpoint that was away has cold caches.
    if (health === 'down') member.warmsNext = true;
    let isChange = this.#apply([member], reason);
    if (isFirst && !this.#passive.isFirst()) {
      isChange = this.#apply(this.#passive.outageOver(), OTHER_IS_BACK) || isChange;
    }
    if (isChange) this.#listener?.readyChanged();
  }

  #setHealth(member: PoolMember, health: Health, isAnswered = false): void {
    member.health = health;
    this.#failOpen.healthSet(member, isAnswered);
  }

  checked(endpoint: Endpoint, check: Check, reason: string): void {
    const member = endpoint as PoolMember;
    if (member.present) this.#passive.checked(member, check, reason);
  }

  /** @param mayRepeat where only those in `tried` are left, one of them; default true */
  start(request: RequestInfo, tried: readonly Endpoint[], mayRepeat = true): Started<Request> {
    if (this.#warming.isActive) this.#warming.refresh();
    if (request.affinity !== undefined) {
      const host = this.member(request.affinity);
      if (host?.keepsSessions && !host.isFull && !tried.includes(host)) {
        return this.#begin(host, tried.length > 0);
      }
    }
    const turn = mayRepeat && this.#passive.hasSuspects ? this.#passive.next(tried) : undefined;
    const chosen = turn ?? this.#candidates.choose(this.#strategy, request, tried, mayRepeat);
    return typeof chosen === 'string' ? chosen : this.#begin(chosen, tried.length > 0);
  }

  startAt(endpoint: Endpoint): Started<Request> {
    const member = endpoint as PoolMember;
    if (!this.#candidates.has(member)) return 'none';
    return member.isFull ? 'full' : this.#begin(member, true);
  }

  /** Ejects an endpoint for other reasons than the detector's. @returns false if it may not be */
  eject(endpoint: Endpoint, reason: string): boolean {
    return this.#passive.eject(endpoint as PoolMember, reason);
  }

  close(): void {
    this.#passive.close();
  }

  attemptEnded(attempt: RunningAttempt<Request>, outcome: Outcome): void {
    const member = attempt.endpoint;
    const failed = isFailure(outcome);
    this.#inFlight -= 1;
    this.#membership.counters.ended(member.slot, failed);
    const { strategy } = attempt;
    if (strategy.settled !== undefined) settled(strategy, member, outcome, this.onPolicyError);
    this.#observer.settled?.(member, outcome);
    if (!member.present) this.#release(member);
    if (outcome.kind === 'ok') this.#passive.succeeded(member);
    else if (outcome.kind === 'failed' && failed) {
      const answered = attempt.wasAnswered(outcome) ? attempt.request?.identity : undefined;
      this.#passive.failed(member, outcome.cause, answered);
    }
    this.#listener?.attemptEnded(attempt, outcome);
  }

  #begin(member: PoolMember, isRetry: boolean): RunningAttempt<Request> | 'error' {
    const strategy = this.#strategy;
    const { last } = this.#events;
    const attempt = new RunningAttempt<Request>(member, this.now(), last, strategy, this);
    this.#membership.counters.started(member.slot, isRetry);
    this.#inFlight += 1;
    const isFine = strategy.started === undefined || started(strategy, member, this.onPolicyError);
    return isFine ? attempt : this.#takeBack(member, isRetry);
  }

  /** An attempt has not begun: nothing is counted of it, and the strategy is not told of its end. */
  #takeBack(member: PoolMember, isRetry: boolean): 'error' {
    this.#membership.counters.withdrawn(member.slot, isRetry);
    this.#inFlight -= 1;
    if (!member.present) this.#release(member);
    return 'error';
  }

  #release(member: PoolMember): void {
    if (this.#membership.release(member)) this.#observer.departed?.(member);
  }

  /** Works out the state of these members anew, and what follows from it for all. */
  review(changed: readonly PoolMember[], reason: string): void {
    const isChange = this.#apply(changed, reason);
    if (isChange || changed.length === 0) this.#listener?.readyChanged();
  }

  /** @returns whether any state has changed */
  #apply(changed: readonly PoolMember[], reason: string): boolean {
    const freed = this.#passive.readmit();
    const { readmitted, dismissed } = this.#failOpen.review(this.#candidates);
    const turned = new Set([...readmitted, ...dismissed]);
    let isChange = false;
    const tell = (members: readonly PoolMember[], why: (member: PoolMember) => string): void => {
      for (const member of members) {
        isChange = this.#changeState(member, why(member), turned.delete(member)) || isChange;
      }
    };
    // Those that come back first: they are ready when the last one goes.
    tell(freed, (member) => (changed.includes(member) ? reason : 'too few are left'));
    tell(
      readmitted,
      ({ state }) => `fail-open: ${state === 'ready' ? reason : 'too few are left'}`,
    );
    tell(changed, () => reason);
    tell(dismissed, () => 'the panic is over');
    return isChange;
  }

  /** @param hasTurned an event tells of it even if its state is the same. @returns whether any did */
  #changeState(member: PoolMember, reason: string, hasTurned: boolean): boolean {
    const to = member.derivedState();
    const from = member.state;
    if (!member.present || (from === to && !hasTurned)) return false;
    this.#candidates.changed(this.members);
    if (from !== to) {
      member.state = to;
      member.sinceMs = this.now();
      if (to === 'ready') this.#warming.becameReady(member);
      else if (from === 'ready') this.#warming.stop(member);
    }
    this.#events.stateChanged(member, from, reason);
    return true;
  }
}
