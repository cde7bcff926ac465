/**
 * The schedule of active checks: one record and at most one timer and one probe per endpoint, first
 * probes at once but spread out, later ones with jitter, so that a fleet is never probed in step.
 * Jitter only shortens a wait: the detection bound holds.
 */

import type { Member, Pool, PoolEvent } from '../pool.ts';
import type { Clock, Random, TimerId } from '../ports.ts';
import type { Endpoint } from '../strategy.ts';
import type { HealthPolicy, ProbeRecord, ProbeResult } from './hysteresis.ts';

/**
 * Asks one endpoint how it is, on a connection of its own.
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
}

/** First probes of neighbours start this far apart. */
const FIRST_PROBE_GAP_MS = 5;
const FIRST_PROBES_WITHIN_MS = 1000;

interface Watch {
  readonly member: Member;
  readonly record: ProbeRecord;
  timer: TimerId;
  /** The running probe's own end, or undefined while none runs. */
  stop: (() => void) | undefined;
  startedMs: number;
  probes: number;
  /** Traffic was refused while the probe ran: another is due at once. */
  isStale: boolean;
}

/** Probes the members of a pool for as long as they are members. */
export class ActiveHealth {
  readonly #options: ActiveHealthOptions;
  readonly #watches = new Map<Member, Watch>();
  /** The membership that the watches are those of. */
  #synced: readonly Member[] | undefined;
  #isClosed = false;

  constructor(options: ActiveHealthOptions) {
    this.#options = options;
    this.#sync();
  }

  /** Must hear every event of the pool: membership and operators decide who is probed. */
  onEvent(event: PoolEvent): void {
    const operator = event.from === 'maintenance' || event.to === 'maintenance';
    // An update tells of each newcomer; the first word of it is enough.
    if (operator || this.#options.pool.members !== this.#synced) this.#sync();
  }

  /** Traffic was refused by this endpoint: ask it at once. */
  suspect(endpoint: Endpoint): void {
    const watch = this.#watches.get(endpoint as Member);
    if (watch === undefined) return;
    watch.record.suspected = true;
    // A running probe may have been answered before the refusal: then it proves nothing.
    if (watch.stop === undefined) this.#schedule(watch, 0);
    else watch.isStale = true;
  }

  /** Takes an endpoint out on other evidence; probes bring it back. */
  markDown(endpoint: Endpoint, reason: string): void {
    const watch = this.#watches.get(endpoint as Member);
    if (watch === undefined) return;
    watch.record.health = 'down';
    watch.record.passes = 0;
    watch.record.refused = false;
    this.#options.pool.setHealth(endpoint, 'down', reason);
    if (watch.stop === undefined) {
      this.#schedule(watch, this.#jittered(this.#options.policy.nextDelayMs(watch.record)));
    }
  }

  /** Stops all probes and timers. */
  close(): void {
    this.#isClosed = true;
    for (const watch of this.#watches.values()) this.#unwatch(watch);
    this.#watches.clear();
  }

  #sync(): void {
    const { members } = this.#options.pool;
    if (this.#isClosed) return;
    this.#synced = members;
    const wanted = new Set(members.filter((member) => member.adminState !== 'maintenance'));
    for (const [member, watch] of this.#watches) {
      if (wanted.has(member)) continue;
      this.#unwatch(watch);
      this.#watches.delete(member);
    }
    const gapMs = Math.min(FIRST_PROBE_GAP_MS, FIRST_PROBES_WITHIN_MS / Math.max(1, wanted.size));
    let newcomers = 0;
    for (const member of wanted) {
      if (this.#watches.has(member)) continue;
      const health = member.state === 'down' ? 'down' : 'checking';
      const record = { health, passes: 0, failures: 0, suspected: false, refused: false } as const;
      const watch = {
        member,
        record,
        timer: 0,
        stop: undefined,
        startedMs: 0,
        probes: 0,
        isStale: false,
      };
      this.#watches.set(member, watch);
      this.#schedule(watch, gapMs * newcomers);
      newcomers += 1;
    }
  }

  #unwatch(watch: Watch): void {
    this.#options.clock.cancel(watch.timer);
    watch.stop?.();
    watch.stop = undefined;
  }

  #schedule(watch: Watch, delayMs: number): void {
    const { clock } = this.#options;
    clock.cancel(watch.timer);
    watch.timer = clock.after(delayMs, () => this.#probe(watch));
  }

  #probe(watch: Watch): void {
    const { clock, policy, probe } = this.#options;
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
    const timeoutMs = policy.timeoutMs(watch.record);
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
    cancel = probe(watch.member, finish);
  }

  #finished(watch: Watch, result: ProbeResult): void {
    const { pool, policy, clock, onProbe } = this.#options;
    policy.observe(watch.record, result);
    onProbe?.(watch.member, result);
    const { health } = watch.record;
    const reason = result.ok ? 'probe passed' : `probe failed: ${result.detail ?? 'no answer'}`;
    if (result.ok || health !== 'up') pool.setHealth(watch.member, health, reason);
    // The pool's observers may have taken the member out by now.
    if (this.#watches.get(watch.member) !== watch) return;
    if (watch.isStale && health === 'up') {
      watch.record.suspected = true;
      this.#schedule(watch, 0);
      return;
    }
    const delayMs = policy.nextDelayMs(watch.record);
    const waitMs =
      watch.probes === 1 && health === 'up' ? this.#firstWaitMs(delayMs) : this.#jittered(delayMs);
    this.#schedule(watch, Math.max(0, watch.startedMs + waitMs - clock.now()));
  }

  /** Anywhere in the interval, so that neighbours that started together do not stay together. */
  #firstWaitMs(delayMs: number): number {
    return delayMs * this.#options.random.next();
  }

  #jittered(delayMs: number): number {
    return delayMs * (1 - (this.#options.jitter ?? 0.1) * this.#options.random.next());
  }
}
