/**
 * One run: clients, balancers and backends on one event queue. The decisions are core's, the very code
 * that routes live traffic. The run goes on until every request is over, so that no slow one is
 * missing from the figures; what was sent in the warm-up is not counted.
 */

import { type Distribution, seededRandom } from '@evenkeel/core';
import { Histogram } from '@evenkeel/core/stats';
import { ArrivalPlan, endOfLoadMs, type RequestSource } from '../scenario/arrivals.ts';
import { type ResolvedFault, resolveActions, resolveFaults } from '../scenario/faults.ts';
import { distributionOf, expandFleet } from '../scenario/fleet.ts';
import type { Backend, Scenario } from '../scenario/types.ts';
import { meanIntervalOf } from '../stats/mean-interval.ts';
import { Recorder } from '../stats/recorder.ts';
import { RunHash } from '../stats/run-hash.ts';
import { RunWindows } from '../stats/run-windows.ts';
import { SimBackend } from './backend.ts';
import type { BackendHost } from './backend-host.ts';
import { createBalancers, type SimBalancer } from './balancers.ts';
import { Clients } from './clients.ts';
import { EventQueue } from './event-queue.ts';
import { lbSettings } from './lb-settings.ts';
import { policiesOf, type SimulationOptions } from './options.ts';
import { QueueLengths } from './queue-lengths.ts';
import { type BalancerEvent, backendResults, type SimulationResult } from './result.ts';
import type { RunContext } from './run-context.ts';
import { TimeAverages } from './time-averages.ts';
import { simulatedFaults, Timetable } from './timetable.ts';
import { Tracer } from './trace.ts';
import { AttemptTransport } from './transport.ts';

const PROGRESS_EVERY = 1 << 18;
const HEALTH_EVENTS_MAX = 10_000;
/** Rounding of sums over a run, as a share. */
const ROUNDING = 1e-6;

/**
 * Runs a scenario to its end.
 * @throws {ScenarioError} about settings in `lb` that cannot be used
 * @throws {RangeError} if several balancers were to share the state of one set of policies
 */
export function simulate(options: SimulationOptions): SimulationResult {
  const simulation = new Simulation(options);
  simulation.advance(Infinity);
  return simulation.result();
}

function createBackends(
  { fleet }: Scenario,
  specs: readonly Backend[],
  host: BackendHost,
): SimBackend[] {
  // One for all backends of an entry: in a large fleet most of the time is spent fetching memory.
  const services = new Map(fleet.map(({ service }) => [service, distributionOf(service)]));
  return specs.map(
    (spec) => new SimBackend(spec, services.get(spec.service) as Distribution, host),
  );
}

/** A run that is taken in steps; `simulate` takes it in one. */
export class Simulation {
  readonly #options: SimulationOptions;
  readonly #scenario: Scenario;
  readonly #run: RunContext;
  readonly #source: RequestSource;
  readonly #specs: readonly Backend[];
  readonly #backends: readonly SimBackend[];
  readonly #balancers: readonly SimBalancer[];
  readonly #faults: readonly ResolvedFault[];
  readonly #timetable: Timetable;
  readonly #recorder: Recorder;
  readonly #clients: Clients;
  readonly #queueLengths: QueueLengths | undefined;
  readonly #events: BalancerEvent[] = [];
  #eventCount = 0;
  #isStarted = false;
  /** The source has a request that is still to be sent. */
  #hasRequest = false;
  #isLoadOver = false;
  #isOver = false;

  constructor(options: SimulationOptions) {
    const { scenario } = options;
    const { load } = scenario;
    const seed = options.seed ?? scenario.seed;
    const settings = lbSettings(scenario.lb);
    const random = seededRandom(seed);
    this.#options = options;
    this.#scenario = scenario;
    this.#source = options.source ?? new ArrivalPlan(scenario, seed);
    this.#faults = simulatedFaults(resolveFaults(scenario, seed));
    this.#recorder = new Recorder(
      options.timeline ? new RunWindows(load, this.#faults) : undefined,
      options.queueing ? new Histogram() : undefined,
    );
    const queue = new EventQueue((tag) => transport.due(tag));
    this.#run = {
      seed,
      queue,
      averages: new TimeAverages(load.warmupMs),
      hash: new RunHash(),
      observer: options.observer ?? (options.trace && new Tracer(options.trace)),
    };
    // A client that gives up first leaves nothing for the balancer's own timeout to do.
    const { responseHeadMs } = settings;
    const isFirst = responseHeadMs < load.timeoutMs;
    const transport = new AttemptTransport(this.#run, isFirst ? responseHeadMs : 0);
    this.#specs = expandFleet(scenario);
    this.#backends = createBackends(scenario, this.#specs, transport);
    this.#balancers = createBalancers({
      scenario,
      settings,
      strategy: options.strategy,
      policies: policiesOf(options),
      random,
      clock: queue,
      specs: this.#specs,
      backends: this.#backends,
      onEvent: (event) => this.#healthEvent(event),
    });
    transport.serve(this.#balancers);
    this.#timetable = new Timetable(this.#run, this.#backends, this.#balancers);
    this.#clients = new Clients({
      run: this.#run,
      load,
      transport,
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

  /** When something happens next; Infinity once the run is over. */
  get nextMs(): number {
    if (this.#isOver) return Infinity;
    const { nextMs } = this.#run.queue;
    return this.#hasRequest ? Math.min(nextMs, this.#source.atMs) : nextMs;
  }

  /** Every request is over, and so is the load. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Simulates all that happens up to `toMs`, that instant included. */
  advance(toMs: number): void {
    if (this.#isOver) return;
    this.#start();
    if (!this.#load(toMs)) return;
    while (this.#clients.isBusy) {
      if (!this.#step(toMs)) return;
    }
    for (const { cluster } of this.#balancers) cluster.close();
    this.#checkLaws();
    this.#isOver = true;
  }

  /** The load, as far as `toMs`; true once it has ended. */
  #load(toMs: number): boolean {
    if (this.#isLoadOver) return true;
    const isClosed = this.#scenario.load.kind === 'closed';
    if (!(isClosed ? this.#sendInTurn(toMs) : this.#sendPlanned(toMs))) return false;
    this.#run.averages.toMs = this.#run.queue.now();
    this.#isLoadOver = true;
    return true;
  }

  #start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#timetable.schedule(this.#faults, resolveActions(this.#scenario, this.#run.seed));
    const { load } = this.#scenario;
    if (load.kind === 'open') {
      this.#hasRequest = !this.#clients.isEnded && this.#source.advance();
      return;
    }
    for (let i = 0; i < load.connections; i++) this.#clients.sendNext();
  }

  /** A closed load: each answer is followed by the next request. */
  #sendInTurn(toMs: number): boolean {
    while (!this.#clients.isEnded && this.#clients.isBusy) {
      if (!this.#step(toMs)) return false;
    }
    return true;
  }

  /** An open load: the next request or the next event, whichever comes first. */
  #sendPlanned(toMs: number): boolean {
    const { queue, averages } = this.#run;
    const source = this.#source;
    while (this.#hasRequest) {
      const { atMs } = source;
      if (!this.#stepTo(atMs, toMs)) return false;
      averages.advanceTo(atMs);
      queue.advanceTo(atMs);
      if (atMs >= averages.fromMs) this.#queueLengths?.sample();
      this.#clients.send();
      this.#hasRequest = !this.#clients.isEnded && source.advance();
      this.#reportProgress(source.index + 1);
    }
    if (this.#options.requests !== undefined) return true;
    const endMs = endOfLoadMs(this.#scenario.load);
    if (!this.#stepTo(endMs, toMs)) return false;
    averages.advanceTo(endMs);
    queue.advanceTo(endMs);
    return true;
  }

  /** The events before `untilMs`; false if that or one of them lies beyond `toMs`. */
  #stepTo(untilMs: number, toMs: number): boolean {
    const { queue } = this.#run;
    while (queue.nextMs < untilMs) {
      if (!this.#step(toMs)) return false;
    }
    return untilMs <= toMs;
  }

  /** The next event; false if it lies beyond `toMs`. */
  #step(toMs: number): boolean {
    const { queue, averages } = this.#run;
    const { nextMs } = queue;
    if (nextMs > toMs) return false;
    this.#eventCount++;
    averages.advanceTo(nextMs);
    queue.step();
    return true;
  }

  #reportProgress(sent: number): void {
    if (sent % PROGRESS_EVERY === 0) this.#options.progress?.(sent);
  }

  #healthEvent(event: BalancerEvent): void {
    this.#run.observer?.pool(event);
    if (this.#events.length < HEALTH_EVENTS_MAX) this.#events.push(event);
  }

  /**
   * Laws that hold in every run, whatever it simulates: nothing is lost, and Little's law, which over
   * a whole run that starts and ends empty is an identity of sums.
   */
  #checkLaws(): void {
    const { averages, queue } = this.#run;
    const { responseSumMs } = this.#clients;
    const inFlight = this.#balancers.reduce((sum, { cluster }) => sum + cluster.pool.inFlight, 0);
    if (averages.inSystem !== 0 || inFlight !== 0) {
      throw new Error(`${averages.inSystem} requests and ${inFlight} attempts were left over`);
    }
    if (Math.abs(averages.inSystemMs - responseSumMs) > ROUNDING * responseSumMs + ROUNDING) {
      throw new Error(
        `Little's law is broken at ${queue.now()} ms: ∫L dt = ${averages.inSystemMs}, ΣW = ${responseSumMs}`,
      );
    }
  }

  /** What came out; only of a run that is over. */
  result(): SimulationResult {
    const { seed, averages, queue, hash } = this.#run;
    const recorder = this.#recorder;
    const measuredMs = Math.max(0, averages.toMs - averages.fromMs);
    const slots = this.#specs.reduce((sum, { concurrency }) => sum + concurrency, 0);
    const utilization = averages.busyMs / measuredMs / slots;
    return {
      seed,
      requests: recorder.requests,
      attempts: recorder.attempts,
      retries: recorder.retries,
      posts: recorder.posts,
      servedTwice: recorder.servedTwice,
      response: recorder.response,
      queueing: recorder.queueing,
      ...meanIntervalOf(recorder.responseMeans, {
        utilization,
        measuredMs,
        requests: recorder.requests.sent,
        services: this.#scenario.fleet.map(({ service }) => distributionOf(service)),
      }),
      measuredMs,
      meanQueue: averages.waitingMs / measuredMs / this.#backends.length,
      utilization,
      ...backendResults(this.#backends),
      timeline: recorder.windows?.timeline ?? [],
      sinceFaults: recorder.windows?.sinceFaults ?? new Map(),
      queueLengths: this.#queueLengths?.shares() ?? [],
      faults: this.#timetable.happened,
      events: this.#events,
      eventCount: this.#eventCount,
      endedMs: queue.now(),
      traceHash: hash.digest(),
    };
  }
}
