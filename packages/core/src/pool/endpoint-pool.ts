/**
 * The pool: composes membership, health, ejection, levels and slow start into the one list that a
 * strategy picks from, and counts what is sent.
 */

import { EjectionTerms } from '../health/ejection.ts';
import type { Check } from '../health/evidence.ts';
import { FAILURE_STATUSES, isFailure, saysNothing } from '../health/failure.ts';
import type { Health } from '../health/health-policy.ts';
import type { OutlierDetector } from '../health/outlier.ts';
import type { AdminState, EndpointSpec, NoAttempt, Pool, PoolObserver } from '../pool.ts';
import type { Clock } from '../ports.ts';
import type { Endpoint, Outcome, RequestInfo, Strategy } from '../strategy.ts';
import { Candidates } from './candidates.ts';
import { LocalCounters } from './counters.ts';
import { Ejector } from './ejector.ts';
import { EventSequence } from './event-sequence.ts';
import type { PoolMember } from './member.ts';
import { Membership } from './membership.ts';
import type { PoolOptions, PoolPolicies } from './options.ts';
import { detect, forget, type OnPolicyError, prepare, settled, started } from './policy-calls.ts';
import type { PoolListener, PoolRequest } from './pool-listener.ts';
import { type AttemptOwner, RunningAttempt } from './running-attempt.ts';
import { Warming } from './warming.ts';

/**
 * The implementation of `Pool`; it begins without endpoints. `Request` is what its balancer keeps
 * of a request: each attempt carries one along.
 */
export class EndpointPool<Request extends PoolRequest = PoolRequest>
  implements Pool, AttemptOwner<Request>
{
  /** Reports an error in a strategy or policy. */
  readonly onPolicyError: OnPolicyError;
  readonly #clock: Clock;
  readonly #observer: PoolObserver;
  readonly #events: EventSequence;
  #detector: OutlierDetector | undefined;
  #failureStatuses: ReadonlySet<number>;
  #initialHealth: Health;
  readonly #membership: Membership;
  readonly #ejector: Ejector;
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
    this.#detector = options.detector;
    this.#failureStatuses = options.failureStatuses ?? FAILURE_STATUSES;
    this.#initialHealth = options.isProbed === true ? 'checking' : 'up';
    this.#membership = new Membership(options.counters ?? new LocalCounters());
    const terms = new EjectionTerms(options.ejection);
    this.#ejector = new Ejector(options.clock, terms, (members, reason) =>
      this.#review(members, reason),
    );
    this.onPolicyError = (where, error) => this.#observer.policyFailed?.(where, error);
    this.#warming = new Warming(options.clock, options.slowStart, this.onPolicyError);
    this.#candidates = new Candidates(
      this.#membership.view,
      options.random,
      options.panicPercent ?? 0,
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

  update(specs: readonly EndpointSpec[]): void {
    const { added, removed, reweighed } = this.#membership.update(
      specs,
      this.#initialHealth,
      this.now(),
    );
    for (const member of removed) {
      this.#ejector.forget(member);
      this.#warming.stop(member);
    }
    for (const member of added) {
      forget(this.#detector, member.slot, this.onPolicyError);
      if (member.state === 'ready') this.#warming.becameReady(member);
    }
    if (added.length > 0 || removed.length > 0 || reweighed) {
      prepare(this.#strategy, this.members, this.onPolicyError);
    }
    this.#candidates.changed(this.members);
    const departed = removed.filter((member) => this.#membership.release(member));
    for (const member of removed) this.#events.joinedOrLeft('removed', member);
    for (const member of added) this.#events.joinedOrLeft('added', member);
    for (const member of departed) this.#observer.departed?.(member);
    this.#review([], '');
  }

  setStrategy(strategy: Strategy): void {
    strategy.prepare?.(this.members);
    this.#strategy = strategy;
  }

  /** Changes the policies that are given; `Cluster.setPolicies` says what each change keeps. */
  setPolicies(change: PoolPolicies): void {
    let released: readonly PoolMember[] = [];
    if ('detector' in change) {
      this.#detector = change.detector;
      if (change.detector === undefined) released = this.#ejector.releaseAll();
    }
    if ('failureStatuses' in change) {
      this.#failureStatuses = change.failureStatuses ?? FAILURE_STATUSES;
    }
    if ('ejection' in change) this.#ejector.configure(change.ejection ?? {});
    if ('slowStart' in change) this.#warming.setSlowStart(change.slowStart);
    if ('panicPercent' in change) this.#candidates.panicPercent = change.panicPercent ?? 0;
    this.#review(released, 'passive health is off');
    this.#listener?.readyChanged();
  }

  /** Probes find out about newcomers from now on; or no longer, and then all members are up. */
  setProbed(isProbed: boolean): void {
    this.#initialHealth = isProbed ? 'checking' : 'up';
    if (isProbed) return;
    const changed = this.members.filter(({ health }) => health !== 'up');
    for (const member of changed) member.health = 'up';
    this.#review(changed, 'health checks are off');
  }

  isFailureStatus(status: number): boolean {
    return this.#failureStatuses.has(status);
  }

  setAdminState(id: string, adminState: AdminState): void {
    const member = this.member(id);
    if (member === undefined) throw new RangeError(`no endpoint has the id ${id}`);
    if (member.adminState === 'maintenance') {
      // It was not probed meanwhile: what was known is out of date.
      member.health = this.#initialHealth;
      member.warmsNext = true;
    }
    member.adminState = adminState;
    this.#review([member], 'operator');
  }

  setHealth(endpoint: Endpoint, health: Health, reason: string): void {
    const member = endpoint as PoolMember;
    if (!member.present) return;
    member.health = health;
    // Also while it drains: an endpoint that was away has cold caches.
    if (health === 'down') member.warmsNext = true;
    this.#review([member], reason);
  }

  checked(endpoint: Endpoint, check: Check, reason: string): void {
    const member = endpoint as PoolMember;
    if (!member.isEjected || !member.charges.isRefutedBy(check)) return;
    this.#ejector.release(member);
    forget(this.#detector, member.slot, this.onPolicyError);
    this.#review([member], reason);
  }

  start(request: RequestInfo, tried: readonly Endpoint[]): RunningAttempt<Request> | NoAttempt {
    if (this.#warming.isActive) this.#warming.refresh();
    if (request.affinity !== undefined) {
      const host = this.#drainingHost(request.affinity);
      if (host !== undefined && !host.isFull && !tried.includes(host)) {
        return this.#begin(host, tried.length > 0);
      }
    }
    const chosen = this.#candidates.choose(this.#strategy, request, tried);
    return typeof chosen === 'string' ? chosen : this.#begin(chosen, tried.length > 0);
  }

  startAt(endpoint: Endpoint): RunningAttempt<Request> | NoAttempt {
    const member = endpoint as PoolMember;
    if (!this.#candidates.has(member)) return 'none';
    return member.isFull ? 'full' : this.#begin(member, true);
  }

  /** Ejects an endpoint for other reasons than the detector's. @returns false if it may not be */
  eject(endpoint: Endpoint, reason: string): boolean {
    const member = endpoint as PoolMember;
    if (member.state !== 'ready' || !member.present) return false;
    if (!this.#ejector.eject(member, this.members)) return false;
    member.warmsNext = true;
    this.#review([member], reason);
    return true;
  }

  close(): void {
    this.#ejector.close();
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
    if (!saysNothing(outcome)) this.#judge(attempt, outcome, failed);
    this.#listener?.attemptEnded(attempt, outcome);
  }

  #judge(attempt: RunningAttempt<Request>, outcome: Outcome, failed: boolean): void {
    const member = attempt.endpoint;
    const detector = this.#detector;
    if (detector === undefined || !member.present || member.isEjected) return;
    if (outcome.kind === 'failed') member.charges.failed(outcome.cause);
    else member.charges.clear();
    const answered = failed && attempt.wasAnswered(outcome) ? attempt.request?.identity : undefined;
    const nowMs = this.now();
    const verdict = detect(detector, member.slot, failed, nowMs, answered, this.onPolicyError);
    if (verdict !== undefined) this.eject(member, verdict);
  }

  /**
   * The endpoint of a session, while it drains: it gets no new sessions but keeps those it has.
   */
  #drainingHost(id: string): PoolMember | undefined {
    const member = this.member(id);
    const isWell = member?.state === 'drain' && member.health === 'up' && !member.isEjected;
    return isWell ? member : undefined;
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
  #review(changed: readonly PoolMember[], reason: string): void {
    let relist = false;
    // Before the others: those that are readmitted are ready when the last one goes.
    const readmitted = this.#ejector.readmit(this.members);
    for (const member of readmitted.length > 0 ? [...readmitted, ...changed] : changed) {
      const to = member.derivedState();
      const from = member.state;
      if (from === to || !member.present) continue;
      relist = true;
      member.state = to;
      member.sinceMs = this.now();
      if (to === 'ready') this.#warming.becameReady(member);
      else if (from === 'ready') this.#warming.stop(member);
      this.#candidates.changed(this.members);
      const isExtra = readmitted.includes(member) && !changed.includes(member);
      const why = isExtra ? 'too few are left' : reason;
      this.#events.stateChanged(member, from, why);
    }
    if (relist || changed.length === 0) this.#listener?.readyChanged();
  }
}
