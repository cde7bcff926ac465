/**
 * What a pool with health checks should look like, written down a second time and as simply as
 * possible: plain objects, everything recomputed from scratch at each question.
 */

import type { ProbeResult } from '../../src/health/health-policy.ts';
import type { AdminState, EndpointState } from '../../src/pool.ts';
import type { Outcome } from '../../src/strategy.ts';
import {
  judge,
  LIMITS,
  type ModelEndpoint,
  type ModelSpec,
  newEndpoint,
} from './model-endpoint.ts';
import { isEjected, isHealthy, isInPanic, levelOf } from './model-panic.ts';

/** The model's state: which endpoints there are, and what is known of each. */
export class Model {
  readonly endpoints: Map<string, ModelEndpoint> = new Map();
  /** Below this share of ready endpoints the ejected are asked too; 0: never. */
  panicPercent = 0;
  /** What a passed probe proves. */
  evidence: 'connection' | 'answer' = 'answer';
  #ejections = 0;
  #turns = 0;

  add(id: string, spec: ModelSpec): void {
    this.endpoints.set(id, newEndpoint(spec));
  }

  remove(id: string, nowMs: number): void {
    this.endpoints.delete(id);
    this.releaseSurplus(nowMs);
  }

  setAdmin(id: string, admin: AdminState, nowMs: number): void {
    const e = this.endpoint(id);
    if (e.admin === 'maintenance' && admin !== 'maintenance') {
      e.health = 'checking';
      Object.assign(e, { passes: 0, probeFailures: 0, isSuspected: false, wasRefused: false });
    }
    e.admin = admin;
    this.releaseSurplus(nowMs);
  }

  stateAt(id: string, nowMs: number): EndpointState {
    const e = this.endpoint(id);
    if (e.admin !== 'ready') return e.admin;
    const isOut = isEjected(e, nowMs);
    if (e.health === 'down') {
      const isOpen = e.isAnswering && !isOut && isInPanic(this, levelOf(this, id), nowMs);
      return isOpen ? 'ready' : 'down';
    }
    if (isOut) return 'ejected';
    return e.health === 'checking' ? 'checking' : 'ready';
  }

  /** Ids in this state. */
  inState(state: EndpointState, nowMs: number): string[] {
    return [...this.endpoints.keys()].filter((id) => this.stateAt(id, nowMs) === state);
  }

  /** In service but for their ejection. */
  ejectedNow(nowMs: number): ModelEndpoint[] {
    const inService = [...this.endpoints.values()].filter((e) => e.admin === 'ready');
    return inService.filter((e) => isEjected(e, nowMs));
  }

  mostEjected(): number {
    const inService = [...this.endpoints.values()].filter((e) => e.admin === 'ready').length;
    return Math.max(0, Math.min(Math.floor((inService * LIMITS.maxPercent) / 100), inService - 1));
  }

  releaseSurplus(nowMs: number): void {
    const out = this.ejectedNow(nowMs).sort(
      (a, b) => a.ejectedUntilMs - b.ejectedUntilMs || a.ejectedAfter - b.ejectedAfter,
    );
    for (const e of out.splice(0, Math.max(0, out.length - this.mostEjected()))) {
      this.#giveBack(e, nowMs);
    }
    const isAnyHealthy = [...this.endpoints.values()].some((e) => isHealthy(e, nowMs));
    const isAnyLeft = isAnyHealthy || this.inState('checking', nowMs).length > 0;
    const last = out.find((e) => e.health !== 'down');
    if (!isAnyLeft && last !== undefined) this.#giveBack(last, nowMs);
  }

  attemptEnded(id: string, outcome: Outcome, nowMs: number): void {
    const e = this.endpoints.get(id);
    if (e === undefined) return;
    const isFailed = outcome.kind === 'failed';
    if (isFailed && outcome.cause === 'refused' && e.admin !== 'maintenance') {
      e.isSuspected = true;
      e.isStale = true;
    }
    this.#expire(nowMs);
    if (outcome.kind === 'cancelled' || e.isOut) return;
    if (isFailed) {
      e.charges.push(outcome.cause);
      e.nextTrialMs = nowMs + LIMITS.trialPauseMs;
    } else this.#acquit(e, nowMs);
    e.failuresInARow = isFailed ? e.failuresInARow + 1 : 0;
    const isVerdict = e.failuresInARow >= LIMITS.consecutive;
    if (isVerdict) e.failuresInARow = 0;
    if (isVerdict || (isFailed && e.isDoubted)) this.#eject(id, e, nowMs);
  }

  #eject(id: string, e: ModelEndpoint, nowMs: number): void {
    if (this.stateAt(id, nowMs) !== 'ready') return;
    const isRoom = this.ejectedNow(nowMs).length < this.mostEjected();
    const isOther = [...this.endpoints.values()].some(
      (other) => other !== e && isHealthy(other, nowMs) && !other.isDoubted,
    );
    if (!isOther || !isRoom) {
      this.#doubt(e, nowMs);
      return;
    }
    Object.assign(e, { isDoubted: false, isOnTrial: false, isOut: true, lastTurn: ++this.#turns });
    Object.assign(e, { ejectedMs: nowMs, passesInEjection: 0, ejectedAfter: this.#ejections++ });
    // The rest of a term that was interrupted.
    if (e.ejectedUntilMs > nowMs) return;
    const idleMs = Number.isFinite(e.ejectedUntilMs) ? nowMs - e.ejectedUntilMs : 0;
    const forgotten = Math.floor(idleMs / LIMITS.baseMs);
    e.timesEjected = Math.max(0, e.timesEjected - forgotten) + 1;
    e.ejectedUntilMs = nowMs + Math.min(LIMITS.maxMs, LIMITS.baseMs * e.timesEjected);
  }

  /** Ready, and in no doubt. */
  #trusted(nowMs: number): string[] {
    return this.inState('ready', nowMs).filter((id) => !this.endpoint(id).isDoubted);
  }

  /** Some are ready, and all of those are in doubt. */
  isOutage(nowMs: number): boolean {
    return this.inState('ready', nowMs).length > 0 && this.#trusted(nowMs).length === 0;
  }

  /** In an outage: those that are ready, or would be but for their ejection. */
  mayBeTried(nowMs: number): string[] {
    const ejected = this.inState('ejected', nowMs);
    const isUp = (id: string): boolean => this.endpoint(id).health === 'up';
    return [...this.inState('ready', nowMs), ...ejected.filter(isUp)];
  }

  /** In an outage: where the next try goes. */
  next(nowMs: number, tried: readonly string[], isFull: (id: string) => boolean): string {
    const asked = this.mayBeTried(nowMs).filter((id) => !isFull(id));
    const untried = asked.filter((id) => !tried.includes(id));
    const lastTurn = (id: string): number => this.endpoint(id).lastTurn;
    return (untried.length > 0 ? untried : asked).sort((a, b) => lastTurn(a) - lastTurn(b))[0]!;
  }

  /** In an outage: a try is made here. */
  tried(id: string): void {
    this.endpoint(id).lastTurn = ++this.#turns;
  }

  /** In an outage: it is to be tried, and is ejected so far. */
  givenBack(id: string, nowMs: number): void {
    this.#giveBack(this.endpoint(id), nowMs);
  }

  #expire(nowMs: number): void {
    for (const e of this.endpoints.values()) {
      if (!e.isOut || e.ejectedUntilMs > nowMs) continue;
      Object.assign(e, { isOut: false, charges: [] });
    }
  }

  #doubt(e: ModelEndpoint, nowMs: number): void {
    if (e.isDoubted) return;
    Object.assign(e, { isDoubted: true, ejectedMs: nowMs, passesInEjection: 0 });
    e.lastTurn = ++this.#turns;
  }

  #giveBack(e: ModelEndpoint, nowMs: number): void {
    const { lastTurn } = e;
    e.isOut = false;
    this.#doubt(e, nowMs);
    e.lastTurn = lastTurn;
    this.#beginTrial(e);
  }

  /** It has served, or its checks say that it can. */
  #acquit(e: ModelEndpoint, nowMs: number): void {
    e.charges = [];
    if (!e.isDoubted) return;
    const [id] = [...this.endpoints].find(([, other]) => other === e)!;
    const isOver = this.stateAt(id, nowMs) === 'ready' && this.#trusted(nowMs).length === 0;
    Object.assign(e, { isDoubted: false, isOnTrial: false });
    e.ejectedUntilMs = Math.min(nowMs, e.ejectedUntilMs);
    if (isOver) this.#outageOver(nowMs);
  }

  #outageOver(nowMs: number): void {
    const all = [...this.endpoints.values()];
    for (const e of all.filter(({ isOut }) => isOut)) this.#giveBack(e, nowMs);
    for (const e of all.filter(({ isDoubted }) => isDoubted)) this.#beginTrial(e);
  }

  #beginTrial(e: ModelEndpoint): void {
    Object.assign(e, { isOnTrial: true, nextTrialMs: 0 });
  }

  probeStarted(id: string, nowMs: number): void {
    Object.assign(this.endpoint(id), { isStale: false, probedMs: nowMs });
  }

  probed(id: string, result: ProbeResult, nowMs: number): void {
    const e = this.endpoint(id);
    this.#expire(nowMs);
    const isUnderCharge = e.isOut || e.isDoubted;
    if (isUnderCharge && e.probedMs >= e.ejectedMs && this.#refutes(e, result)) {
      e.failuresInARow = 0;
      if (e.isOut) {
        Object.assign(e, { isOut: false, charges: [], ejectedUntilMs: nowMs });
      } else this.#acquit(e, nowMs);
    }
    const isDark = this.#trusted(nowMs).length === 0;
    const wasUp = e.health === 'up';
    judge(e, result);
    e.isAnswering = result.ok ? this.evidence === 'answer' : result.answered === true;
    e.isSuspected = e.isStale && e.health === 'up';
    this.releaseSurplus(nowMs);
    const isFirst = isDark && !wasUp && e.health === 'up' && this.#trusted(nowMs).length > 0;
    if (isFirst) this.#outageOver(nowMs);
  }

  /** Does this probe speak against what the endpoint was ejected for? */
  #refutes(e: ModelEndpoint, { ok, refused }: ProbeResult): boolean {
    e.passesInEjection = ok ? e.passesInEjection + 1 : 0;
    if (refused === true) e.charges.push('refused');
    if (!ok) return false;
    const lastRefused = e.charges.lastIndexOf('refused');
    const isOfConnections = e.charges.every(
      (cause, i) =>
        cause === 'refused' ||
        cause === 'connect-timeout' ||
        (cause === 'reset' && i < lastRefused),
    );
    if (isOfConnections) return true;
    return this.evidence === 'answer' && e.passesInEjection >= LIMITS.rise;
  }

  endpoint(id: string): ModelEndpoint {
    const e = this.endpoints.get(id);
    if (e === undefined) throw new Error(`the model knows no ${id}`);
    return e;
  }
}
