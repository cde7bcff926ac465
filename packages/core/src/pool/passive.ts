/**
 * Passive health: what traffic says against members. The detector asks for ejections; one that the
 * cap or the last-one rule forbids leaves a suspect, which stays ready.
 *
 * While every ready member is a suspect, none is known to serve, and one that has been ejected may be the
 * one that is back. Then each try goes to the suspect or ejected member that was tried the longest ago. An
 * ejected one is given back first, by an event. A success clears its member at once and ends this: all
 * others are given back too, and are on trial: they get one request at a time until one succeeds; a
 * failure ejects them again or, where the cap forbids that, is followed by a pause.
 */

import { type EjectionOptions, EjectionTerms } from '../health/ejection.ts';
import type { Check } from '../health/evidence.ts';
import type { OutlierDetector } from '../health/outlier.ts';
import type { NoAttempt } from '../pool.ts';
import type { Endpoint, FailureCause } from '../strategy.ts';
import { Ejector } from './ejector.ts';
import type { PickView, PoolMember } from './member.ts';
import type { PoolOptions } from './options.ts';
import { detect, forget, type OnPolicyError } from './policy-calls.ts';

/** Why an endpoint is given back at the end of an outage. */
export const OTHER_IS_BACK = 'another endpoint is back';

/** After a failure on trial the endpoint gets no request for so long. */
const TRIAL_PAUSE_MS = 1000;

/** The pool that a passive health belongs to. */
export interface PassiveOwner {
  now(): number;
  readonly members: readonly PoolMember[];
  readonly onPolicyError: OnPolicyError;
  /** Works out the state of these members anew, and tells of changes. */
  review(changed: readonly PoolMember[], reason: string): void;
}

/** Keeps the suspects and the ejected of one pool. */
export class Passive {
  readonly #owner: PassiveOwner;
  readonly #view: PickView;
  readonly #ejector: Ejector;
  #detector: OutlierDetector | undefined;
  readonly #suspects = new Set<PoolMember>();
  /** Numbers tries and suspicions in their order. */
  #turns = 0;

  constructor(
    owner: PassiveOwner,
    view: PickView,
    { clock, detector, ejection }: Pick<PoolOptions, 'clock' | 'detector' | 'ejection'>,
  ) {
    this.#owner = owner;
    this.#view = view;
    this.#detector = detector;
    this.#ejector = new Ejector(clock, new EjectionTerms(ejection), (members, reason) =>
      owner.review(members, reason),
    );
  }

  /**
   * Another detector, which knows nothing yet; ejected members stay out for their time. Without one
   * nothing is held against any. @returns those that were ejected and are not any more
   */
  setDetector(detector: OutlierDetector | undefined): readonly PoolMember[] {
    this.#detector = detector;
    if (detector !== undefined) return [];
    for (const member of this.#suspects) this.#clear(member);
    return this.#ejector.releaseAll();
  }

  configure(ejection: EjectionOptions): void {
    this.#ejector.configure(ejection);
  }

  joined(member: PoolMember): void {
    forget(this.#detector, member.slot, this.#owner.onPolicyError);
  }

  left(member: PoolMember): void {
    this.#clear(member);
    this.#ejector.forget(member);
  }

  /** An attempt was answered. Short, because it is part of the code that is compiled for every request. */
  succeeded(member: PoolMember): void {
    if (!member.present || member.isEjected) return;
    member.charges.clear();
    const detector = this.#detector;
    const { onPolicyError } = this.#owner;
    const verdict =
      detector && detect(detector, member.slot, false, this.#owner.now(), undefined, onPolicyError);
    if (verdict !== undefined || member.suspicion !== '') this.#concluded(member, verdict);
  }

  #concluded(member: PoolMember, verdict: string | undefined): void {
    if (member.suspicion !== '') this.#acquit(member);
    if (verdict !== undefined) this.eject(member, verdict);
  }

  /** An attempt failed. @param answered as detectors get it */
  failed(member: PoolMember, cause: FailureCause, answered: number | undefined): void {
    if (!member.present || member.isEjected) return;
    member.charges.failed(cause);
    const nowMs = this.#owner.now();
    member.nextTrialMs = nowMs + TRIAL_PAUSE_MS;
    const detector = this.#detector;
    const { onPolicyError } = this.#owner;
    const verdict = detector && detect(detector, member.slot, true, nowMs, answered, onPolicyError);
    if (verdict !== undefined) this.eject(member, verdict);
    else if (member.suspicion !== '') this.eject(member, member.suspicion);
  }

  /** @returns false if it may not be: then it is a suspect */
  eject(member: PoolMember, reason: string): boolean {
    const { members } = this.#owner;
    if (member.state !== 'ready' || !member.present) return false;
    if (!this.#ejector.eject(member, members)) {
      this.#suspect(member, reason);
      return false;
    }
    this.#clear(member);
    member.lastTurn = ++this.#turns;
    member.warmsNext = true;
    this.#owner.review([member], reason);
    return true;
  }

  /** A check has ended. */
  checked(member: PoolMember, check: Check, reason: string): void {
    if (!member.isEjected && member.suspicion === '') return;
    if (!member.charges.isRefutedBy(check)) return;
    forget(this.#detector, member.slot, this.#owner.onPolicyError);
    if (member.isEjected) {
      this.#ejector.release(member);
      this.#owner.review([member], reason);
    } else {
      this.#acquit(member);
      // Its state is what it was, but it may get more than one attempt at a time.
      this.#owner.review([], '');
    }
  }

  /** Frees those that the rules keep in. @returns them, suspects from now on */
  readmit(): readonly PoolMember[] {
    const freed = this.#ejector.readmit(this.#owner.members);
    for (const member of freed) this.#giveBack(member);
    return freed;
  }

  /** Would it be the first to return, if it became ready now? */
  isFirst(): boolean {
    const doubts = this.#suspects.size + this.#ejector.size;
    return doubts > 0 && !this.#owner.members.some(isTrusted);
  }

  /**
   * One is back where none was known to serve: the others may be back as well.
   * @returns those that were ejected
   */
  outageOver(): readonly PoolMember[] {
    const released = this.#ejector.interruptAll();
    for (const member of released) this.#giveBack(member);
    for (const member of this.#suspects) this.#beginTrial(member);
    return released;
  }

  /** Any member is a suspect; without one the strategy decides where tries go. */
  get hasSuspects(): boolean {
    return this.#suspects.size > 0;
  }

  /**
   * Which member the next try goes to, where all that are ready are suspects; elsewhere undefined, and the
   * strategy decides.
   */
  next(tried: readonly Endpoint[]): PoolMember | NoAttempt | undefined {
    if (this.#view.trials > 0) this.#view.nowMs = this.#owner.now();
    while (this.#suspects.size > 0) {
      const { members } = this.#owner;
      if (!areAllSuspects(members)) return undefined;
      const member = longestAgo(members, tried);
      if (member === undefined) return 'full';
      if (member.state === 'ready') {
        member.lastTurn = ++this.#turns;
        return member;
      }
      this.#ejector.interrupt(member);
      this.#giveBack(member);
      // Observers may change anything: choose anew.
      this.#owner.review([member], 'tried: no other is left');
    }
    return undefined;
  }

  close(): void {
    this.#ejector.close();
  }

  /** It has served. */
  #acquit(member: PoolMember): void {
    const isOver = member.state === 'ready' && this.isFirst();
    this.#clear(member);
    member.charges.clear();
    this.#ejector.endTerm(member);
    if (isOver) this.#owner.review(this.outageOver(), OTHER_IS_BACK);
  }

  #suspect(member: PoolMember, reason: string): void {
    if (member.suspicion !== '') return;
    member.suspicion = reason;
    member.lastTurn = ++this.#turns;
    member.charges.ejected(this.#owner.now());
    this.#suspects.add(member);
  }

  /** Its ejection was interrupted. */
  #giveBack(member: PoolMember): void {
    const { lastTurn } = member;
    this.#suspect(member, 'failed again');
    member.lastTurn = lastTurn;
    this.#beginTrial(member);
  }

  #beginTrial(member: PoolMember): void {
    member.nextTrialMs = 0;
    if (member.isOnTrial) return;
    member.isOnTrial = true;
    this.#view.trials += 1;
  }

  #clear(member: PoolMember): void {
    member.suspicion = '';
    this.#suspects.delete(member);
    if (!member.isOnTrial) return;
    member.isOnTrial = false;
    this.#view.trials -= 1;
  }
}

/** It is ready, and nothing speaks against it. */
function isTrusted(member: PoolMember): boolean {
  return member.state === 'ready' && member.suspicion === '';
}

/** Some are ready, and none of them is trusted. */
function areAllSuspects(members: readonly PoolMember[]): boolean {
  let isAnyReady = false;
  for (const { state, suspicion } of members) {
    if (state !== 'ready') continue;
    if (suspicion === '') return false;
    isAnyReady = true;
  }
  return isAnyReady;
}

/** Only its ejection keeps it out, if anything does. */
function mayBeTried({ state, health }: PoolMember): boolean {
  return state === 'ready' || (state === 'ejected' && health === 'up');
}

/** The ready or ejected one whose turn was the longest ago, preferably not one of `tried`. */
function longestAgo(
  members: readonly PoolMember[],
  tried: readonly Endpoint[],
): PoolMember | undefined {
  let best: PoolMember | undefined;
  let isBestTried = false;
  for (const member of members) {
    if (!mayBeTried(member) || member.isFull) continue;
    const isTried = tried.includes(member);
    const isBetter =
      best === undefined || (isTried === isBestTried ? member.lastTurn < best.lastTurn : !isTried);
    if (!isBetter) continue;
    best = member;
    isBestTried = isTried;
  }
  return best;
}
