/**
 * From members to one pick: which endpoints this request may be sent to, offered to the strategy.
 * The common pick, with none excluded, hands over the level's list itself and costs the same for
 * 4 endpoints and 10,000; exclusions are collected into one scratch list.
 */

import type { PanicRule } from '../health/panic.ts';
import type { NoAttempt } from '../pool.ts';
import type { Random } from '../ports.ts';
import type { Endpoint, RequestInfo, Strategy } from '../strategy.ts';
import { buildLevels, type Group, groupByLevel, type Level, levelsInPanic } from './levels.ts';
import { type PickView, PoolMember } from './member.ts';
import { inPanic, type OnPolicyError } from './policy-calls.ts';
import type { Warming } from './warming.ts';

const NONE: readonly Endpoint[] = [];

/** Keeps the lists that picks are made from. */
export class Candidates {
  readonly #view: PickView;
  readonly #random: Random;
  readonly #warming: Warming;
  #panic: PanicRule | undefined;
  readonly #onPolicyError: OnPolicyError;
  readonly #scratch: PoolMember[] = [];
  readonly #excluded: PoolMember[] = [];
  #members: readonly PoolMember[] = [];
  #groups: readonly Group[] = [];
  #levels: readonly Level[] = [];
  #ready: readonly PoolMember[] = [];
  #hasLimits = false;
  #isStale = false;
  /** One level, no limits, up to date: nothing but slow start and `tried` excludes a member. */
  #isPlain = false;

  constructor(
    view: PickView,
    random: Random,
    panic: PanicRule | undefined,
    warming: Warming,
    onPolicyError: OnPolicyError,
  ) {
    this.#onPolicyError = onPolicyError;
    this.#view = view;
    this.#random = random;
    this.#panic = panic;
    this.#warming = warming;
  }

  /** Those that get traffic now. */
  get ready(): readonly PoolMember[] {
    if (this.#isStale) this.#relist();
    return this.#ready;
  }

  /** Whether there can be a panic at all. */
  get canPanic(): boolean {
    return this.#panic !== undefined;
  }

  set panic(rule: PanicRule | undefined) {
    this.#panic = rule;
    this.#invalidate();
  }

  /** Which of the levels without backups are in a panic; empty if none is. */
  levelsInPanic(): boolean[] {
    const rule = this.#panic;
    if (rule === undefined) return [];
    const onError = this.#onPolicyError;
    return levelsInPanic(this.#groups, (ready, total) => inPanic(rule, ready, total, onError));
  }

  /**
   * States changed, or the membership: then it is another array. The lists are made anew when they
   * are next needed, and not before: a fleet of n that starts, and changes n states, costs n and
   * not n².
   */
  changed(members: readonly PoolMember[]): void {
    this.#invalidate();
    if (members === this.#members) return;
    this.#members = members;
    this.#groups = groupByLevel(members);
    this.#hasLimits = members.some((member) => member.maxConnections > 0);
  }

  /** May this member be asked now, its limit apart? */
  has(member: PoolMember): boolean {
    if (this.#isStale) this.#relist();
    return member.listed;
  }

  #invalidate(): void {
    this.#isStale = true;
    this.#isPlain = false;
  }

  #relist(): void {
    this.#isStale = false;
    this.#levels = buildLevels(this.#groups, this.levelsInPanic());
    const active = this.#levels.filter((level) => level.share > 0);
    const only = active.length === 1 ? active[0] : undefined;
    this.#ready = only?.list ?? active.flatMap((level) => level.list);
    this.#isPlain = this.#levels.length === 1 && !this.#hasLimits && this.#ready.length > 0;
    if (this.#isPlain) this.#view.level = 0;
  }

  /** Lets the strategy pick, from those not in `tried` while there are any; `mayRepeat`: then from these. */
  choose(
    strategy: Strategy,
    request: RequestInfo,
    tried: readonly Endpoint[],
    mayRepeat: boolean,
  ): PoolMember | NoAttempt {
    const isAnyHeld = this.#warming.isActive || this.#view.trials > 0;
    if (this.#isPlain && tried.length === 0 && !isAnyHeld) {
      return this.#picked(strategy, this.#ready, request);
    }
    return this.#chooseAmong(strategy, request, tried, mayRepeat);
  }

  #chooseAmong(
    strategy: Strategy,
    request: RequestInfo,
    tried: readonly Endpoint[],
    mayRepeat: boolean,
  ): PoolMember | NoAttempt {
    if (this.#isStale) this.#relist();
    const levels = this.#levels;
    const first = levels.length === 1 ? 0 : this.#drawLevel();
    const holdsBack = this.#warming.isActive && strategy.followsEffectiveWeight !== true;
    const level = levels[first];
    const isPlain = tried.length === 0 && !this.#hasLimits && !holdsBack && this.#view.trials === 0;
    if (isPlain && level !== undefined && level.list.length > 0) {
      this.#view.level = first;
      return this.#picked(strategy, level.list, request);
    }
    const found = this.#search(first, strategy, request, tried, holdsBack);
    if (found !== 'none' || tried.length === 0 || !mayRepeat) return found;
    // All have been tried: better the same again than none.
    return this.#search(first, strategy, request, NONE, holdsBack);
  }

  /** The drawn level, then those that share the traffic, then the rest: backups come last. */
  #search(
    first: number,
    strategy: Strategy,
    request: RequestInfo,
    tried: readonly Endpoint[],
    holdsBack: boolean,
  ): PoolMember | NoAttempt {
    const levels = this.#levels;
    let sawFull = false;
    for (let turn = 0; turn <= levels.length; turn++) {
      const index = turn === 0 ? first : turn - 1;
      const level = levels[index];
      if (level === undefined || (turn > 0 && index === first)) continue;
      // An endpoint at its limit is worth a wait; an idle backup is for when no other is left.
      if (sawFull && level.share === 0) continue;
      sawFull = this.#collect(level, request, tried, holdsBack) || sawFull;
      if (this.#scratch.length === 0) continue;
      this.#view.level = index;
      try {
        return this.#picked(strategy, this.#scratch, request);
      } finally {
        this.#include();
      }
    }
    this.#include();
    return sawFull ? 'full' : 'none';
  }

  /**
   * Fills the scratch list with those that this pick may choose. @returns whether a limit emptied
   * it
   */
  #collect(
    level: Level,
    request: RequestInfo,
    tried: readonly Endpoint[],
    holdsBack: boolean,
  ): boolean {
    this.#include();
    const candidates = this.#scratch;
    let sawFull = false;
    let isAnyHeld = false;
    for (const member of level.list) {
      if (tried.includes(member)) this.#exclude(member);
      else if (member.isTrialPaused) this.#exclude(member);
      else if (member.isFull) {
        sawFull = true;
        this.#exclude(member);
      } else if (holdsBack && this.#isHeldBack(member, request)) {
        isAnyHeld = true;
        this.#exclude(member);
      } else candidates.push(member);
    }
    if (candidates.length > 0) return false;
    // All that have room are warming up: then among themselves none is held back.
    return isAnyHeld ? this.#collect(level, request, tried, false) : sawFull;
  }

  /**
   * The promise that only candidates get traffic is the pool's: what a strategy returns is checked.
   */
  #picked(
    strategy: Strategy,
    candidates: readonly PoolMember[],
    request: RequestInfo,
  ): PoolMember | 'error' {
    try {
      const picked: unknown = strategy.pick(candidates, request);
      return PoolMember.isCandidate(picked, this.#view) ? picked : this.#refuse(picked);
    } catch (error) {
      return this.#failed(error);
    }
  }

  #refuse(picked: unknown): 'error' {
    return this.#failed(new Error(`the strategy picked ${nameOf(picked)}, which is no candidate`));
  }

  #failed(error: unknown): 'error' {
    this.#onPolicyError('strategy, pick', error);
    return 'error';
  }

  /** A warming endpoint gets its share by chance, but keeps the sessions that it has already. */
  #isHeldBack(member: PoolMember, request: RequestInfo): boolean {
    if (member.factor >= 1 || member.id === request.affinity) return false;
    return this.#random.next() >= member.factor;
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
}

function nameOf(picked: unknown): string {
  if (picked === undefined || picked === null) return 'nothing';
  if (typeof picked !== 'object') return String(picked);
  return 'id' in picked && typeof picked.id === 'string' ? picked.id : 'an object without an id';
}
