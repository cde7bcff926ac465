/**
 * One run: clients, balancers and backends on one event queue. The decisions are core's, the very code
 * that routes live traffic. The run goes on until every request is over, so that no slow one is
 * missing from the figures; what was sent in the warm-up is not counted.
 */

import { type Distribution, type StrategyFactory, seededRandom } from '@evenkeel/core';
import { Histogram } from '@evenkeel/core/stats';
import { ArrivalPlan, endOfLoadMs, type RequestSource } from '../scenario/arrivals.ts';
import { type ResolvedFault, resolveFaults } from '../scenario/faults.ts';
import { distributionOf, expandFleet } from '../scenario/fleet.ts';
import type { Backend, Scenario } from '../scenario/types.ts';
import { Recorder } from '../stats/recorder.ts';
import { RunHash } from '../stats/run-hash.ts';
import { RunWindows } from '../stats/run-windows.ts';
import { SimBackend } from './backend.ts';
import { createBalancers, type SimBalancer } from './balancers.ts';
import { Clients } from './clients.ts';
import { Courier } from './courier.ts';
import { EventQueue } from './event-queue.ts';
import { lbSettings } from './lb-settings.ts';
import { Levels } from './levels.ts';
import { QueueLengths } from './queue-lengths.ts';
import { type BalancerEvent, backendResults, type SimulationResult } from './result.ts';
import { Tracer, type TraceSink } from './trace.ts';
import type { World } from './world.ts';

/** What to run. */
export interface SimulationOptions {
  readonly scenario: Scenario;
  readonly strategy: StrategyFactory;
  /** Default: the scenario's. */
  readonly seed?: number;
  /** Requests to replay in place of the scenario's plan. */
  readonly source?: RequestSource;
  /** Ends the load after so many counted requests, instead of by time. */
  readonly requests?: number;
  /** Keep a timeline (windows of 500 ms); default false. */
  readonly timeline?: boolean;
  /** Measure the time that requests spend in a backend's queue; default false. */
  readonly queueing?: boolean;
  /** Measure how many requests an arrival finds at a backend; default false. */
  readonly queueLengths?: boolean;
  /** Time added to every response, drawn from this: what a real proxy and real timers cost. */
  readonly overhead?: Distribution;
  readonly trace?: TraceSink;
  /** Hears how many requests have been sent, every quarter of a million. */
  readonly progress?: (sent: number) => void;
}

const PROGRESS_EVERY = 1 << 18;
const HEALTH_EVENTS_MAX = 10_000;
/** A graceful restart gives requests in service this long, as the live fleet does. */
const GRACE_MS = 2000;
/** How long a process takes to start that nobody keeps down. */
const START_MS = 300;
/** Rounding of sums over a run, as a share. */
const ROUNDING = 1e-6;

/**
 * Runs a scenario to its end.
 * @throws {ScenarioError} about settings in `lb` that cannot be used
 */
export function simulate(options: SimulationOptions): SimulationResult {
  return new Simulation(options).run();
}

class Simulation {
  readonly #options: SimulationOptions;
  readonly #scenario: Scenario;
  readonly #world: World;
  readonly #source: RequestSource;
  readonly #specs: readonly Backend[];
  readonly #backends: readonly SimBackend[];
  readonly #balancers: readonly SimBalancer[];
  readonly #faults: readonly ResolvedFault[];
  readonly #recorder: Recorder;
  readonly #clients: Clients;
  readonly #queueLengths: QueueLengths | undefined;
  readonly #events: BalancerEvent[] = [];
  #eventCount = 0;

  constructor(options: SimulationOptions) {
    const { scenario } = options;
    const { load } = scenario;
    const seed = options.seed ?? scenario.seed;
    const settings = lbSettings(scenario.lb);
    const random = seededRandom(seed);
    this.#options = options;
    this.#scenario = scenario;
    this.#source = options.source ?? new ArrivalPlan(scenario, seed);
    this.#faults = resolveFaults(scenario, seed);
    this.#recorder = new Recorder(
      options.timeline ? new RunWindows(load, this.#faults) : undefined,
      options.queueing ? new Histogram() : undefined,
    );
    const queue = new EventQueue((tag) => courier.due(tag));
    this.#world = {
      seed,
      queue,
      levels: new Levels(load.warmupMs),
      hash: new RunHash(),
      tracer: options.trace && new Tracer(options.trace),
    };
    // A client that gives up first leaves nothing for the balancer's own timeout to do.
    const { responseHeadMs } = settings;
    const courier = new Courier(this.#world, responseHeadMs < load.timeoutMs ? responseHeadMs : 0);
    this.#specs = expandFleet(scenario);
    // One for all backends of an entry: in a large fleet most of the time is spent fetching memory.
    const services = new Map(scenario.fleet.map((e) => [e.service, distributionOf(e.service)]));
    this.#backends = this.#specs.map(
      (spec) => new SimBackend(spec, services.get(spec.service) as Distribution, courier),
    );
    this.#balancers = createBalancers({
      scenario,
      settings,
      strategy: options.strategy,
      random,
      clock: queue,
      specs: this.#specs,
      backends: this.#backends,
      onEvent: (event) => this.#healthEvent(event),
    });
    courier.serve(this.#balancers);
    this.#clients = new Clients({
      world: this.#world,
      load,
      courier,
      recorder: this.#recorder,
      source: this.#source,
      balancers: this.#balancers,
      endMs: options.requests === undefined ? endOfLoadMs(load) : Infinity,
      requests: options.requests ?? Infinity,
      overhead: options.overhead && {
        distribution: options.overhead,
        random: random.fork('overhead'),
      },
    });
    if (options.queueLengths) this.#queueLengths = new QueueLengths(this.#backends);
  }

  run(): SimulationResult {
    const { load } = this.#scenario;
    for (const fault of this.#faults) this.#schedule(fault);
    if (load.kind === 'closed') {
      for (let i = 0; i < load.connections; i++) this.#clients.sendNext();
      while (!this.#clients.isEnded && this.#clients.isBusy) this.#step();
    } else this.#sendPlanned();
    this.#world.levels.toMs = this.#world.queue.now();
    while (this.#clients.isBusy) this.#step();
    for (const { cluster } of this.#balancers) cluster.close();
    this.#checkLaws();
    return this.#result();
  }

  /** An open load: the next request or the next event, whichever comes first. */
  #sendPlanned(): void {
    const { queue, levels } = this.#world;
    const source = this.#source;
    while (!this.#clients.isEnded && source.advance()) {
      while (queue.nextMs < source.atMs) this.#step();
      levels.advanceTo(source.atMs);
      queue.advanceTo(source.atMs);
      if (source.atMs >= levels.fromMs) this.#queueLengths?.sample();
      this.#clients.send();
      this.#reportProgress(source.index + 1);
    }
    const endMs = endOfLoadMs(this.#scenario.load);
    if (this.#options.requests !== undefined) return;
    while (queue.nextMs < endMs) this.#step();
    levels.advanceTo(endMs);
    queue.advanceTo(endMs);
  }

  #step(): void {
    const { queue, levels } = this.#world;
    this.#eventCount++;
    levels.advanceTo(queue.nextMs);
    queue.step();
  }

  #reportProgress(sent: number): void {
    if (sent % PROGRESS_EVERY === 0) this.#options.progress?.(sent);
  }

  #schedule({ fault, target, startMs, endMs }: ResolvedFault): void {
    const { queue, tracer } = this.#world;
    const backend = this.#backends.find(({ id }) => id === target);
    if (backend === undefined) return;
    const isRestart = fault.kind === 'restart';
    queue.after(startMs, () => {
      tracer?.fault(queue.now(), 'begins', fault.kind, target);
      backend.begin(fault);
      if (isRestart) queue.after(GRACE_MS, () => backend.cutOff());
    });
    const untilMs = endMs ?? (isRestart ? startMs + START_MS : undefined);
    if (untilMs === undefined) return;
    queue.after(untilMs, () => {
      tracer?.fault(queue.now(), 'ends', fault.kind, target);
      backend.end(fault);
    });
  }

  #healthEvent(event: BalancerEvent): void {
    this.#world.tracer?.pool(event, event.balancer);
    if (this.#events.length < HEALTH_EVENTS_MAX) this.#events.push(event);
  }

  /**
   * Laws that hold in every run, whatever it simulates: nothing is lost, and Little's law, which over
   * a whole run that starts and ends empty is an identity of sums.
   */
  #checkLaws(): void {
    const { levels, queue } = this.#world;
    const { responseSumMs } = this.#clients;
    const inFlight = this.#balancers.reduce((sum, { cluster }) => sum + cluster.pool.inFlight, 0);
    if (levels.inSystem !== 0 || inFlight !== 0) {
      throw new Error(`${levels.inSystem} requests and ${inFlight} attempts were left over`);
    }
    if (Math.abs(levels.inSystemMs - responseSumMs) > ROUNDING * responseSumMs + ROUNDING) {
      throw new Error(
        `Little's law is broken at ${queue.now()} ms: ∫L dt = ${levels.inSystemMs}, ΣW = ${responseSumMs}`,
      );
    }
  }

  #result(): SimulationResult {
    const { seed, levels, queue, hash } = this.#world;
    const recorder = this.#recorder;
    const measuredMs = Math.max(0, levels.toMs - levels.fromMs);
    const slots = this.#specs.reduce((sum, { concurrency }) => sum + concurrency, 0);
    return {
      seed,
      requests: recorder.requests,
      attempts: recorder.attempts,
      retries: recorder.retries,
      posts: recorder.posts,
      servedTwice: recorder.servedTwice,
      response: recorder.response,
      queueing: recorder.queueing,
      meanIntervalMs: recorder.responseMeans.interval(),
      measuredMs,
      meanQueue: levels.waitingMs / measuredMs / this.#backends.length,
      utilization: levels.busyMs / measuredMs / slots,
      ...backendResults(this.#backends),
      timeline: recorder.windows?.timeline ?? [],
      sinceFaults: recorder.windows?.sinceFaults ?? new Map(),
      queueLengths: this.#queueLengths?.shares() ?? [],
      faults: this.#faults,
      events: this.#events,
      eventCount: this.#eventCount,
      endedMs: queue.now(),
      traceHash: hash.digest(),
    };
  }
}
