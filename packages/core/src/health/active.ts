/**
 * The schedule of active checks: one record and at most one timer and one probe per endpoint, first
 * probes at once but spread out, later ones with jitter, so that a fleet is never probed in step.
 * Jitter only shortens a wait: the detection bound holds.
 */

import type { Member, Pool, PoolEvent } from '../pool.ts';
import type { Clock, Random } from '../ports.ts';
import type { Endpoint } from '../strategy.ts';
import { isAnswered, RISE } from './evidence.ts';
import type { HealthPolicy, ProbeResult } from './health-policy.ts';
import { type OnHealthError, Watch } from './watch.ts';

/**
 * Asks one endpoint how it is, on a connection of its own. One that throws counts as failed.
 * @param done called at most once, and not after the returned function was called
 * @returns stops the probe
 */
export type Probe = (endpoint: Endpoint, done: (result: ProbeResult) => void) => () => void;

/** What the schedule works with. */
export interface ActiveHealthOptions {
  readonly pool: Pool;
  readonly policy: HealthPolicy;
  readonly probe: Probe;
  readonly clock: Clock;
  readonly random: Random;
  /** Share of each wait that is drawn away, in [0, 1); default 0.1. */
  readonly jitter?: number | undefined;
  /** Hears of every finished probe, for metrics. */
  readonly onProbe?: ((member: Member, result: ProbeResult) => void) | undefined;
  /** Hears of errors in the policy. */
  readonly onError?: OnHealthError | undefined;
}

/** First probes of neighbours start this far apart. */
const FIRST_PROBE_GAP_MS = 5;
const FIRST_PROBES_WITHIN_MS = 1000;

/** Probes the members of a pool for as long as they are members. */
export class ActiveHealth {
  readonly #options: ActiveHealthOptions;
  readonly #watches = new Map<Member, Watch>();
  #policy: HealthPolicy;
  #probe: Probe;
  /** The membership that the watches are those of. */
  #synced: readonly Member[] | undefined;
  #isClosed = false;

  /** Members keep the health that they have until their first probe says otherwise. */
  constructor(options: ActiveHealthOptions) {
    this.#options = options;
    this.#policy = options.policy;
    this.#probe = options.probe;
    this.#sync();
  }

  /**
   * Must get every event of the pool: membership and operators decide which members are probed.
   */
  onEvent(event: PoolEvent): void {
    const operator = event.from === 'maintenance' || event.to === 'maintenance';
    // An update tells of each newcomer; the first event is enough.
    if (operator || this.#options.pool.members !== this.#synced) this.#sync();
  }

  /** Traffic was refused by this endpoint: probe it at once. */
  suspect(endpoint: Endpoint): void {
    const watch = this.#watches.get(endpoint as Member);
    if (watch === undefined) return;
    watch.trafficRefused = true;
    watch.isProvoked = true;
    // A running probe may have been answered before the refusal: then it proves nothing.
    if (watch.stop === undefined) this.#schedule(watch, 0);
    else watch.isStale = true;
  }

  /** Takes an endpoint out on other evidence; probes bring it back. */
  markDown(endpoint: Endpoint, reason: string): void {
    const watch = this.#watches.get(endpoint as Member);
    if (watch === undefined) return;
    watch.judgeBy(this.#policy, 'down');
    this.#options.pool.setHealth(endpoint, 'down', reason);
    if (watch.stop === undefined) this.#schedule(watch, this.#jittered(watch.nextDelayMs()));
  }

  /**
   * Another policy takes over. Each endpoint keeps its health; what the old policy had counted is
   * forgotten. A running probe goes on, and the new policy judges it.
   */
  setPolicy(policy: HealthPolicy): void {
    this.#policy = policy;
    for (const watch of this.#watches.values()) {
      watch.judgeBy(policy, watch.health);
      if (watch.stop === undefined && watch.probes > 0) this.#scheduleNext(watch);
    }
  }

  /**
   * Another probe takes over. Running ones are stopped, and all endpoints are probed anew, spread
   * out. Each keeps its health; what had been counted for or against it is forgotten.
   */
  setProbe(probe: Probe): void {
    this.#probe = probe;
    const gapMs = this.#gapMs(this.#watches.size);
    let number = 0;
    for (const watch of this.#watches.values()) {
      this.#unwatch(watch);
      watch.judgeBy(this.#policy, watch.health);
      watch.probes = 0;
      this.#schedule(watch, gapMs * number);
      number += 1;
    }
  }

  /** Stops all probes and timers. */
  close(): void {
    this.#isClosed = true;
    for (const watch of this.#watches.values()) this.#unwatch(watch);
    this.#watches.clear();
  }

  #sync(): void {
    const { pool, onError = () => {} } = this.#options;
    const { members } = pool;
    if (this.#isClosed) return;
    this.#synced = members;
    const wanted = new Set(members.filter((member) => member.adminState !== 'maintenance'));
    for (const [member, watch] of this.#watches) {
      if (wanted.has(member)) continue;
      this.#unwatch(watch);
      this.#watches.delete(member);
    }
    const gapMs = this.#gapMs(wanted.size);
    let newcomers = 0;
    for (const member of wanted) {
      if (this.#watches.has(member)) continue;
      const health = member.state === 'down' ? 'down' : 'checking';
      const watch = new Watch(member, health, this.#policy, onError);
      this.#watches.set(member, watch);
      this.#schedule(watch, gapMs * newcomers);
      newcomers += 1;
    }
  }

  #gapMs(endpoints: number): number {
    return Math.min(FIRST_PROBE_GAP_MS, FIRST_PROBES_WITHIN_MS / Math.max(1, endpoints));
  }

  #unwatch(watch: Watch): void {
    this.#options.clock.cancel(watch.timer);
    watch.stop?.();
    watch.stop = undefined;
  }

  #schedule(watch: Watch, delayMs: number): void {
    const { clock } = this.#options;
    clock.cancel(watch.timer);
    watch.timer = clock.after(delayMs, () => this.#startProbe(watch));
  }

  #startProbe(watch: Watch): void {
    const { clock } = this.#options;
    watch.startedMs = clock.now();
    watch.probes += 1;
    watch.isStale = false;
    let isOver = false;
    const finish = (result: ProbeResult): void => {
      if (isOver) return;
      isOver = true;
      clock.cancel(timeout);
      watch.stop = undefined;
      this.#finished(watch, result);
    };
    const timeoutMs = watch.timeoutMs();
    const timeout = clock.after(timeoutMs, () => {
      cancel();
      finish({ ok: false, detail: `no answer within ${timeoutMs} ms` });
    });
    // Set before the probe starts: one that finishes at once must find nothing left to stop.
    watch.stop = () => {
      isOver = true;
      clock.cancel(timeout);
      cancel();
    };
    let cancel: () => void = () => {};
    try {
      cancel = this.#probe(watch.member, finish);
    } catch (error) {
      finish({ ok: false, detail: error instanceof Error ? error.message : String(error) });
    }
  }

  #finished(watch: Watch, result: ProbeResult): void {
    const { pool, clock, onProbe } = this.#options;
    const nowMs = clock.now();
    if (result.inconclusive === true) {
      onProbe?.(watch.member, result);
      if (this.#watches.get(watch.member) === watch) this.#scheduleNext(watch);
      return;
    }
    const { trafficRefused, startedMs } = watch;
    const wasProvoked = watch.isProvoked;
    watch.trafficRefused = false;
    watch.isProvoked = false;
    watch.observe({ ...result, nowMs, latencyMs: nowMs - startedMs, trafficRefused });
    onProbe?.(watch.member, result);
    const { health } = watch;
    const reason = result.ok ? 'probe passed' : `probe failed: ${result.detail ?? 'no answer'}`;
    const { rise = RISE } = this.#policy;
    pool.checked(watch.member, { ...result, startedMs, rise }, reason);
    if (health !== 'checking') pool.setHealth(watch.member, health, reason, isAnswered(result));
    // The pool's observers may have taken the member out by now.
    if (this.#watches.get(watch.member) !== watch) return;
    if (watch.isStale && health === 'up') {
      watch.trafficRefused = true;
      this.#schedule(watch, 0);
      return;
    }
    this.#scheduleNext(watch, wasProvoked);
  }

  #scheduleNext(watch: Watch, wasProvoked = false): void {
    const delayMs = watch.nextDelayMs();
    const isFirstPass = watch.probes === 1 && watch.health === 'up';
    const isTogether = isFirstPass || (wasProvoked && watch.health === 'down');
    const waitMs = isTogether ? this.#apartMs(delayMs) : this.#jittered(delayMs);
    this.#schedule(watch, Math.max(0, watch.startedMs + waitMs - this.#options.clock.now()));
  }

  /**
   * Anywhere in the interval: neighbours that started together, or died together and were probed because traffic
   * told of it, do not stay together. So the first of them is found within a fraction of the interval when they return.
   */
  #apartMs(delayMs: number): number {
    return delayMs * this.#options.random.next();
  }

  #jittered(delayMs: number): number {
    return delayMs * (1 - (this.#options.jitter ?? 0.1) * this.#options.random.next());
  }
}
