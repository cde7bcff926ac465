/**
 * The real cluster under test, with a fleet whose health is scripted, and a record of all that
 * happens.
 */

import type { Attempt } from '../../src/attempt.ts';
import { type Cluster, createCluster } from '../../src/cluster.ts';
import type { Probe } from '../../src/health/active.ts';
import { hysteresis } from '../../src/health/hysteresis.ts';
import { consecutiveFailures } from '../../src/health/outlier.ts';
import { panicBelow } from '../../src/health/panic.ts';
import { slowStart } from '../../src/health/slow-start.ts';
import type { EndpointSpec, EndpointState, PoolEvent } from '../../src/pool.ts';
import { seededRandom } from '../../src/random.ts';
import { retryBudget } from '../../src/retry/budget.ts';
import type { Endpoint, Outcome } from '../../src/strategy.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { failed, RecordedExchange } from '../support/fixtures.ts';
import type { Model } from './model.ts';
import { LIMITS } from './model-endpoint.ts';
import { activeOf, levelsOf } from './model-levels.ts';

/** How an endpoint meets its checks; `wrong`: it answers, but not as expected. */
export type Truth = 'well' | 'wrong' | 'refusing' | 'silent';

/**
 * What a request's driver does from inside the balancer's calls: ends the attempt in `send`,
 * cancels in `send`, or sends another request from `finished`.
 */
export const MANNERS = ['waits', 'waits', 'answers', 'fails', 'quits', 'follows'] as const;
export type Manner = (typeof MANNERS)[number];

/** A running attempt and the request it belongs to. */
export interface Running {
  readonly attempt: Attempt;
  readonly exchange: RecordedExchange;
}

/** Small, so that a short run can spend it. */
const BUDGET = { ratio: 0.2, floorPerSecond: 0.2 } as const;
const QUEUE_TIMEOUT_MS = 1000;

export class World {
  readonly clock: ManualClock = new ManualClock();
  readonly cluster: Cluster;
  readonly model: Model;
  readonly truth: Map<string, Truth> = new Map();
  readonly exchanges: RecordedExchange[] = [];
  running: Running[] = [];
  specs: EndpointSpec[] = [];
  readonly firstsMs: number[] = [];
  readonly #dispatchedMs = new Map<RecordedExchange, number>();
  readonly #lastState = new Map<string, EndpointState | undefined>();
  readonly #lastOutcome = new Map<RecordedExchange, Outcome>();
  readonly retriesMs: number[] = [];
  probesRunning = 0;

  constructor(model: Model, seed: number) {
    this.model = model;
    // Half of the worlds panic.
    model.panicPercent = seed % 2 === 0 ? 0 : 60;
    // In a third of them checks only connect.
    model.evidence = seed % 3 === 0 ? 'connection' : 'answer';
    const random = seededRandom(seed);
    const strategyRandom = random.fork('test');
    this.cluster = createCluster({
      clock: this.clock,
      random,
      strategy: () => ({
        pick: (candidates: readonly Endpoint[]): Endpoint =>
          candidates[strategyRandom.below(candidates.length)]!,
      }),
      probe: this.#probe,
      health: hysteresis({ rise: LIMITS.rise, fall: LIMITS.fall }),
      detector: consecutiveFailures(LIMITS.consecutive),
      ejection: LIMITS,
      budget: retryBudget(BUDGET),
      queueLength: 5,
      panic: panicBelow(model.panicPercent),
      slowStart: slowStart({ windowMs: 4000 }),
      onProbe: (member, result) => model.probed(member.id, result, this.clock.now()),
      observer: {
        settled: (member, outcome) => this.#settled(member, outcome),
        event: (event) => this.#event(event),
      },
    });
  }

  request(idempotent: boolean, manner: Manner): void {
    const x: RecordedExchange = new RecordedExchange(idempotent, (attempt) => {
      this.#sent(x, attempt);
      if (manner === 'answers') this.#end(attempt, { kind: 'ok', latencyMs: 1 });
      if (manner === 'fails') this.#end(attempt, failed());
      if (manner === 'quits') this.#cancel(x);
    });
    if (manner === 'follows') x.onFinished = () => this.request(idempotent, 'waits');
    this.exchanges.push(x);
    this.#dispatchedMs.set(x, this.clock.now());
    this.cluster.balancer.dispatch(x);
  }

  settle(which: number, outcome: Outcome): void {
    this.#end(this.running[which % this.running.length]!.attempt, outcome);
  }

  cancel(which: number): void {
    const alive = this.exchanges.filter((x) => x.results.length === 0);
    const x = alive[which % Math.max(1, alive.length)];
    if (x !== undefined) this.#cancel(x);
  }

  #cancel(x: RecordedExchange): void {
    this.running = this.running.filter((one) => one.exchange !== x);
    this.cluster.balancer.cancel(x);
    must(x.results.length === 1, 'a cancelled request goes on');
  }

  #end(attempt: Attempt, outcome: Outcome): void {
    const { exchange } = this.running.find((one) => one.attempt === attempt)!;
    this.running = this.running.filter((one) => one.attempt !== attempt);
    this.#lastOutcome.set(exchange, outcome);
    attempt.settle(outcome);
  }

  update(specs: EndpointSpec[]): void {
    this.specs = specs;
    this.cluster.update(specs);
  }

  /** What must hold whenever nothing is happening. */
  check(): void {
    const { pool, balancer } = this.cluster;
    const nowMs = this.clock.now();
    const running = new Map<Endpoint, number>();
    for (const { attempt } of this.running) {
      running.set(attempt.endpoint, (running.get(attempt.endpoint) ?? 0) + 1);
    }
    for (const member of pool.members) {
      const expected = this.model.stateAt(member.id, nowMs);
      must(member.state === expected, `${member.id} is ${member.state}, not ${expected}`);
      const inFlight = running.get(member) ?? 0;
      must(
        member.inFlight === inFlight,
        `${member.id}: ${member.inFlight} ≠ ${inFlight} in flight`,
      );
    }
    must(pool.inFlight === this.running.length, 'the pool counts other attempts than there are');
    must(balancer.queued <= 5, 'the queue is too long');
    const ejected = pool.members.filter((m) => m.state === 'ejected').length;
    must(ejected <= this.model.mostEjected(), `${ejected} are ejected`);
    for (const x of this.exchanges) must(x.results.length <= 1, 'a request ended twice');
    const alive = this.exchanges.filter((x) => x.results.length === 0).length;
    must(alive >= this.running.length + balancer.queued, 'a request was forgotten');
    this.#checkBudget(nowMs);
    this.#checkWaiting(nowMs);
  }

  /** Lets everything end, and sees that nothing is left behind. */
  finish(): void {
    for (let round = 0; round < 50; round++) {
      while (this.running.length > 0) this.settle(0, { kind: 'ok', latencyMs: 1 });
      this.clock.advance(500);
    }
    const lost = this.exchanges.filter((x) => x.results.length !== 1).length;
    must(lost === 0, `${lost} requests were lost`);
    must(this.cluster.pool.inFlight === 0, 'attempts are left');
    this.cluster.close();
    must(this.clock.pending === 0, `${this.clock.pending} timers are left`);
    must(this.probesRunning === 0, 'probes are left');
  }

  readonly #probe: Probe = (endpoint, done) => {
    this.probesRunning += 1;
    this.model.probeStarted(endpoint.id, this.clock.now());
    const { evidence } = this.model;
    const truth = this.truth.get(endpoint.id) ?? 'well';
    const timer =
      truth === 'silent'
        ? 0
        : this.clock.after(1, () => {
            this.probesRunning -= 1;
            if (truth === 'well') done({ ok: true, evidence });
            else done({ ok: false, refused: truth === 'refusing', answered: truth === 'wrong' });
          });
    return () => {
      this.probesRunning -= 1;
      this.clock.cancel(timer);
    };
  };

  #settled(endpoint: Endpoint, outcome: Outcome): void {
    const isMember = this.cluster.pool.member(endpoint.id) === endpoint;
    if (isMember) this.model.attemptEnded(endpoint.id, outcome, this.clock.now());
  }

  #sent(exchange: RecordedExchange, attempt: Attempt): void {
    const nowMs = this.clock.now();
    const { id } = attempt.endpoint;
    must(this.#lastState.get(id) !== 'down', `${id} was asked, and the last event says it is down`);
    const limit = this.model.endpoints.get(id)!.maxConnections;
    const here = this.running.filter((one) => one.attempt.endpoint === attempt.endpoint).length;
    must(limit === 0 || here < limit, `${id} got more than ${limit} connections`);
    // By identity: an endpoint that left and came back is another one.
    const tried = exchange.attempts.slice(0, -1).map((earlier) => earlier.endpoint);
    const isTried = (other: string): boolean => tried.includes(this.cluster.pool.member(other)!);
    if (this.model.isOutage(nowMs)) {
      const ids = [...this.model.endpoints.keys()].filter(isTried);
      const next = this.model.next(nowMs, ids, (other) => this.#isFull(other));
      must(id === next, `in an outage ${id} was asked, and it is the turn of ${next}`);
      this.model.tried(id);
    } else this.#checkChoice(attempt.endpoint, isTried);
    if (tried.length > 0) this.retriesMs.push(nowMs);
    else this.firstsMs.push(nowMs);
    must(exchange.results.length === 0, 'an ended request was sent');
    const last = this.#lastOutcome.get(exchange);
    if (last?.kind === 'failed') {
      must(last.replayable, 'a request was sent again without all of its body');
      must(exchange.idempotent || !last.requestSent, 'a POST may have been served twice');
    }
    this.running.push({ attempt, exchange });
  }

  #checkChoice({ id }: Endpoint, isTried: (id: string) => boolean): void {
    const nowMs = this.clock.now();
    const allowed = levelsOf(this.model, nowMs).flat();
    must(allowed.includes(id), `an attempt started at ${id}, which is not of ${allowed}`);
    must(!this.#isPaused(id), `${id} is on trial, and its next attempt is not due`);
    const untried = allowed.filter((other) => !isTried(other) && !this.#isPaused(other));
    must(!isTried(id) || untried.length === 0, `${id} was asked again while ${untried} were ready`);
    const active = activeOf(this.model, nowMs);
    const passedOver = active.filter((other) => !isTried(other) && !this.#isPaused(other));
    must(active.includes(id) || passedOver.length === 0, `${id} served instead of ${passedOver}`);
  }

  #isPaused(id: string): boolean {
    const { isOnTrial, nextTrialMs } = this.model.endpoint(id);
    const member = this.cluster.pool.member(id)!;
    const isBusy = this.running.some((one) => one.attempt.endpoint === member);
    return isOnTrial && (isBusy || this.clock.now() < nextTrialMs);
  }

  #isFull(id: string): boolean {
    const member = this.cluster.pool.member(id)!;
    const here = this.running.filter((one) => one.attempt.endpoint === member).length;
    return member.maxConnections > 0 && here >= member.maxConnections;
  }

  #event({ endpoint, from, to, reason }: PoolEvent): void {
    this.#lastState.set(endpoint, to);
    if (reason !== 'tried: no other is left') return;
    const nowMs = this.clock.now();
    must(this.model.isOutage(nowMs), `${endpoint} was given back while another was to be trusted`);
    must(from === 'ejected' && to === 'ready', `${endpoint} was given back from ${from} to ${to}`);
    this.model.givenBack(endpoint, nowMs);
  }

  /** A request waits only for a reason, and not for ever. */
  #checkWaiting(nowMs: number): void {
    const waiting = this.exchanges.filter((x) => x.results.length + x.attempts.length === 0);
    if (waiting.length === 0) return;
    const isOutage = this.model.isOutage(nowMs);
    for (const id of isOutage ? this.model.mayBeTried(nowMs) : activeOf(this.model, nowMs)) {
      // A trial that comes due wakes none: those that wait are served by the others.
      const isOnTrial = !isOutage && this.model.endpoint(id).isOnTrial;
      const isFull = this.#isFull(id) || isOnTrial;
      must(isFull, `${id} has room while ${waiting.length} wait`);
    }
    const longestMs = nowMs - Math.min(...waiting.map((x) => this.#dispatchedMs.get(x)!));
    must(longestMs < QUEUE_TIMEOUT_MS, `a request has waited ${longestMs} ms`);
  }

  #checkBudget(nowMs: number): void {
    const within = (times: number[], ms: number): number =>
      times.filter((t) => t > nowMs - ms && t <= nowMs).length;
    const most = BUDGET.ratio * within(this.firstsMs, 20_250) + BUDGET.floorPerSecond * 10;
    // A retry is paid for when it is granted, up to one backoff before it is sent.
    must(within(this.retriesMs, 9750) <= most + 1e-6, 'the retry budget was overdrawn');
  }
}

function must(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}
