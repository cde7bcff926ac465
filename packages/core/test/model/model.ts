/**
 * What a pool with health checks should look like, written down a second time and as simply as
 * possible: plain objects, everything recomputed from scratch at each question.
 */

import type { ProbeResult } from '../../src/health/health-policy.ts';
import type { AdminState, EndpointState } from '../../src/pool.ts';
import type { FailureCause, Outcome } from '../../src/strategy.ts';

export const LIMITS = {
  rise: 2,
  fall: 3,
  consecutive: 3,
  baseMs: 1000,
  maxMs: 3000,
  maxPercent: 50,
} as const;

export interface ModelEndpoint {
  admin: AdminState;
  health: 'up' | 'down' | 'checking';
  passes: number;
  probeFailures: number;
  isSuspected: boolean;
  /** Refused since the running probe began. */
  isStale: boolean;
  wasRefused: boolean;
  failuresInARow: number;
  /** Causes of the failures since the last success. */
  charges: FailureCause[];
  /** When the running probe began. */
  probedMs: number;
  /** Checks passed in a row since the ejection. */
  passesInEjection: number;
  ejectedMs: number;
  timesEjected: number;
  ejectedUntilMs: number;
  /** How many ejections there were before this one. */
  ejectedAfter: number;
  maxConnections: number;
  priority: number;
  backup: boolean;
}

/** What of an endpoint's configuration matters to the model. */
export interface ModelSpec {
  readonly maxConnections: number;
  readonly priority: number;
  readonly backup: boolean;
}

/** The model's state: which endpoints there are, and what is known of each. */
export class Model {
  readonly endpoints: Map<string, ModelEndpoint> = new Map();
  /** Below this share of ready endpoints the ejected are asked too; 0: never. */
  panicPercent = 0;
  /** What a passed probe proves. */
  evidence: 'connection' | 'answer' = 'answer';
  #ejections = 0;

  add(id: string, spec: ModelSpec): void {
    this.endpoints.set(id, {
      admin: 'ready',
      health: 'checking',
      passes: 0,
      probeFailures: 0,
      isSuspected: false,
      isStale: false,
      wasRefused: false,
      failuresInARow: 0,
      charges: [],
      probedMs: 0,
      passesInEjection: 0,
      ejectedMs: 0,
      timesEjected: 0,
      ejectedUntilMs: Number.NEGATIVE_INFINITY,
      ejectedAfter: 0,
      ...spec,
    });
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
    if (e.health === 'down') return 'down';
    if (e.ejectedUntilMs > nowMs) return 'ejected';
    return e.health === 'checking' ? 'checking' : 'ready';
  }

  /** Ids in this state. */
  inState(state: EndpointState, nowMs: number): string[] {
    return [...this.endpoints.keys()].filter((id) => this.stateAt(id, nowMs) === state);
  }

  /** Ids that may get traffic, level by level, the backups last. */
  levels(nowMs: number): string[][] {
    const groups = this.#groups();
    const within = (state: EndpointState): string[][] =>
      groups.map((group) => group.filter((id) => this.stateAt(id, nowMs) === state));
    const ready = within('ready');
    const normal = ready.slice(0, -1);
    const backupsServe = normal.flat().length === 0 && ready.at(-1)!.length > 0;
    const levelsHelp = normal.length > 1 && this.#strength(normal) >= 100;
    const isPanic = (level: number): boolean =>
      level < normal.length &&
      !backupsServe &&
      !levelsHelp &&
      ready[level]!.length * 100 < this.#inService(level) * this.panicPercent;
    const ejected = within('ejected');
    const asked = ready.map((ids, level) => (isPanic(level) ? [...ids, ...ejected[level]!] : ids));
    return asked.flat().length > 0 ? asked : within('checking');
  }

  /**
   * Ids that share the traffic; the other levels are for requests that have failed at all of these.
   */
  active(nowMs: number): string[] {
    const levels = this.levels(nowMs);
    const normal = levels.slice(0, -1);
    if (normal.flat().length === 0) return levels.flat();
    return normal.filter((_, level) => this.#strength(normal.slice(0, level)) < 100).flat();
  }

  #groups(): string[][] {
    const all = [...this.endpoints];
    const priorities = [...new Set(all.filter(([, e]) => !e.backup).map(([, e]) => e.priority))];
    const idsOf = (belongs: (e: ModelEndpoint) => boolean): string[] =>
      all.filter(([, e]) => belongs(e)).map(([id]) => id);
    return [
      ...priorities.sort().map((priority) => idsOf((e) => !e.backup && e.priority === priority)),
      idsOf((e) => e.backup),
    ];
  }

  #inService(level: number): number {
    return this.#groups()[level]!.filter((id) => this.endpoint(id).admin === 'ready').length;
  }

  /** Percent of the traffic that these levels could take together. */
  #strength(levels: string[][]): number {
    const share = (ids: string[], level: number): number =>
      ids.length === 0 ? 0 : Math.min(100, Math.floor((140 * ids.length) / this.#inService(level)));
    return levels.map(share).reduce((a, b) => a + b, 0);
  }

  /** In service but for their ejection. */
  ejectedNow(nowMs: number): ModelEndpoint[] {
    const inService = [...this.endpoints.values()].filter((e) => e.admin === 'ready');
    return inService.filter((e) => e.ejectedUntilMs > nowMs);
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
      e.ejectedUntilMs = nowMs;
    }
    const isAnyLeft = this.inState('ready', nowMs).length + this.inState('checking', nowMs).length;
    const last = out.find((e) => e.health !== 'down');
    if (isAnyLeft === 0 && last !== undefined) last.ejectedUntilMs = nowMs;
  }

  attemptEnded(id: string, outcome: Outcome, nowMs: number): void {
    const e = this.endpoints.get(id);
    if (e === undefined) return;
    const isFailed = outcome.kind === 'failed';
    if (isFailed && outcome.cause === 'refused' && e.admin !== 'maintenance') {
      e.isSuspected = true;
      e.isStale = true;
    }
    if (outcome.kind === 'cancelled' || e.ejectedUntilMs > nowMs) return;
    // One whose ejection is over starts afresh.
    if (e.ejectedMs > 0 && e.ejectedUntilMs <= nowMs) {
      e.charges = [];
      e.ejectedMs = 0;
    }
    if (isFailed) e.charges.push(outcome.cause);
    else e.charges = [];
    e.failuresInARow = isFailed ? e.failuresInARow + 1 : 0;
    if (e.failuresInARow < LIMITS.consecutive) return;
    e.failuresInARow = 0;
    const others = this.inState('ready', nowMs).filter((other) => other !== id);
    const isRoom = this.ejectedNow(nowMs).length < this.mostEjected();
    if (this.stateAt(id, nowMs) !== 'ready' || others.length === 0 || !isRoom) return;
    const idleMs = Number.isFinite(e.ejectedUntilMs) ? nowMs - e.ejectedUntilMs : 0;
    const forgotten = Math.floor(idleMs / LIMITS.baseMs);
    e.timesEjected = Math.max(0, e.timesEjected - forgotten) + 1;
    e.ejectedAfter = this.#ejections++;
    e.ejectedMs = nowMs;
    e.passesInEjection = 0;
    e.ejectedUntilMs = nowMs + Math.min(LIMITS.maxMs, LIMITS.baseMs * e.timesEjected);
  }

  probeStarted(id: string, nowMs: number): void {
    Object.assign(this.endpoint(id), { isStale: false, probedMs: nowMs });
  }

  probed(id: string, result: ProbeResult, nowMs: number): void {
    const e = this.endpoint(id);
    if (result.ok) {
      e.passes += 1;
      e.probeFailures = 0;
      if (e.health !== 'down' || e.wasRefused || e.passes >= LIMITS.rise) e.health = 'up';
    } else {
      e.passes = 0;
      e.probeFailures += 1;
      e.wasRefused = result.refused === true;
      const isProven = e.wasRefused && e.isSuspected;
      if (e.health === 'checking' || isProven || e.probeFailures >= LIMITS.fall) e.health = 'down';
    }
    if (e.ejectedUntilMs > nowMs && e.probedMs >= e.ejectedMs && this.#refutes(e, result)) {
      e.ejectedUntilMs = nowMs;
      e.failuresInARow = 0;
    }
    e.isSuspected = e.isStale && e.health === 'up';
    this.releaseSurplus(nowMs);
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
