/** An endpoint with all that the pool knows of it. */

import { Charges } from '../health/evidence.ts';
import type { Health } from '../health/health-policy.ts';
import type { AdminState, EndpointSpec, EndpointState, Member } from '../pool.ts';
import type { Counters } from './counters.ts';

/**
 * The level that a pick is made from: shared by all members, so that `eligible` needs no look-up.
 */
export interface PickView {
  level: number;
  /** Members that are on trial. */
  trials: number;
  /** While there are any: `Clock.now()` of the pick. */
  nowMs: number;
}

/** One member of a pool. Everything that is not `readonly` belongs to the pool. */
export class PoolMember implements Member {
  readonly id: string;
  readonly slot: number;
  readonly address: string;
  weight = 1;
  effectiveWeight = 1;
  priority = 0;
  backup = false;
  maxConnections = 0;

  state: EndpointState;
  adminState: AdminState = 'ready';
  health: Health;
  sinceMs: number;
  ejections = 0;
  isEjected = false;
  /** Fail-open: it gets traffic although it is down. */
  isReadmitted = false;
  /** Why it should be ejected, where that is forbidden; empty: it is no suspect. */
  suspicion = '';
  /** It gets one attempt at a time until one succeeds, with a pause after each. */
  isOnTrial = false;
  /** When its next attempt on trial may begin. */
  nextTrialMs = 0;
  /** When it was last tried as a suspect, or last became one: a count, not a time. */
  lastTurn = 0;
  /** What speaks against it. */
  readonly charges: Charges = new Charges();

  /** Index of the level it belongs to. */
  level = 0;
  /** It stands in its level's list of candidates; up to date after `Candidates.has`. */
  listed = false;
  /** Left out of the present pick. */
  excluded = false;
  /** It is still a member; false once an update has left it out. */
  present = true;
  /** It gets slow start when it next becomes ready. */
  warmsNext: boolean;
  /** When its last slow start began. */
  warmingSinceMs = 0;
  /** Present slow-start factor, in (0, 1]; 1 when it does not warm up. */
  factor = 1;

  readonly #counters: Counters;
  readonly #view: PickView;

  constructor(
    spec: EndpointSpec,
    slot: number,
    health: Health,
    nowMs: number,
    warmsNext: boolean,
    counters: Counters,
    view: PickView,
  ) {
    this.id = spec.id;
    this.slot = slot;
    this.address = spec.address ?? '';
    this.health = health;
    this.state = health === 'checking' ? 'checking' : 'ready';
    this.sinceMs = nowMs;
    this.warmsNext = warmsNext;
    this.#counters = counters;
    this.#view = view;
    this.configure(spec);
  }

  /** Takes over what an update may change on a survivor. Says whether a weight changed. */
  configure(spec: EndpointSpec): boolean {
    const weight = spec.weight ?? 1;
    const reweighed = weight !== this.weight;
    this.weight = weight;
    this.effectiveWeight = weight * this.factor;
    this.priority = spec.priority ?? 0;
    this.backup = spec.backup ?? false;
    this.maxConnections = spec.maxConnections ?? 0;
    return reweighed;
  }

  get inFlight(): number {
    return this.#counters.inFlight(this.slot);
  }

  get eligible(): boolean {
    return this.listed && !this.excluded && this.level === this.#view.level;
  }

  get requests(): number {
    return this.#counters.requests(this.slot);
  }

  get failures(): number {
    return this.#counters.failures(this.slot);
  }

  get retries(): number {
    return this.#counters.retries(this.slot);
  }

  get isFull(): boolean {
    return this.maxConnections > 0 && this.inFlight >= this.maxConnections;
  }

  /** It is on trial, and its next attempt is not due. */
  get isTrialPaused(): boolean {
    return this.isOnTrial && (this.inFlight > 0 || this.#view.nowMs < this.nextTrialMs);
  }

  /** Does this object stand for a candidate of the present pick, in the pool of this view? */
  static isCandidate(picked: unknown, view: PickView): picked is PoolMember {
    if (typeof picked !== 'object' || picked === null || !(#view in picked)) return false;
    return picked.#view === view && picked.eligible;
  }

  /** An operator has not taken it out. */
  get inService(): boolean {
    return this.adminState === 'ready';
  }

  /** Nothing keeps it out. */
  get isHealthy(): boolean {
    return this.inService && this.health === 'up' && !this.isEjected;
  }

  /** It drains: it gets no new sessions, but keeps those it has. */
  get keepsSessions(): boolean {
    return this.state === 'drain' && this.health === 'up' && !this.isEjected;
  }

  /** The state that follows from all that is known; what the operator set is the strongest. */
  derivedState(): EndpointState {
    if (this.adminState !== 'ready') return this.adminState;
    if (this.health === 'down') return this.isReadmitted ? 'ready' : 'down';
    if (this.isEjected) return 'ejected';
    return this.health === 'checking' ? 'checking' : 'ready';
  }
}
