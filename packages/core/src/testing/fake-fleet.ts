/**
 * The smallest driver that a strategy can have: endpoints that come, go and change, attempts that
 * start and end, and nothing else. It keeps the promises of the contract in strategy.ts to the
 * letter, and checks the one that a strategy makes: that it picks one of the candidates. The
 * conformance laws run on it; so can an exercise.
 */

import type { Random } from '../ports.ts';
import { seededRandom } from '../random.ts';
import type { Endpoint, Outcome, RequestInfo, Strategy, StrategyFactory } from '../strategy.ts';
import { ManualClock } from './manual-clock.ts';

/** An endpoint whose figures the test decides. */
export class FakeEndpoint implements Endpoint {
  readonly id: string;
  readonly slot: number;
  weight: number;
  /** Slow-start factor, in (0, 1]. */
  factor = 1;
  inFlight = 0;
  /** May be picked, as far as health goes. */
  ready = true;
  present = true;
  eligible = false;

  constructor(id: string, slot: number, weight: number) {
    this.id = id;
    this.slot = slot;
    this.weight = weight;
  }

  get effectiveWeight(): number {
    return this.weight * this.factor;
  }
}

/** One attempt that runs. */
export interface FakeAttempt {
  readonly endpoint: FakeEndpoint;
  readonly startedMs: number;
}

/** A request without affinity. */
export function requestWith(hash: number): RequestInfo {
  return { hash, idempotent: true };
}

/** See the head of this file. */
export class FakeFleet {
  readonly clock: ManualClock = new ManualClock();
  /** For the test's own choices: a stream apart from the strategy's. */
  readonly random: Random;
  readonly strategy: Strategy;
  readonly running: FakeAttempt[] = [];
  #members: readonly FakeEndpoint[] = [];
  #freeSlots: number[] = [];
  #slots = 0;
  #named = 0;

  /** A fleet of endpoints of these weights, named e0, e1, … */
  constructor(factory: StrategyFactory, seed: number, weights: readonly number[]) {
    const random = seededRandom(seed);
    this.random = random.fork('test');
    this.strategy = factory({ clock: this.clock, random: random.fork('strategy') });
    this.#prepare(weights.map((weight) => this.#newEndpoint(weight)));
  }

  get members(): readonly FakeEndpoint[] {
    return this.#members;
  }

  /** Those that a request without exclusions may choose from. */
  get ready(): readonly FakeEndpoint[] {
    return this.#members.filter((member) => member.ready);
  }

  /** A newcomer; takes over the slot of one that has left and is done, if there is any. */
  add(weight = 1): FakeEndpoint {
    const endpoint = this.#newEndpoint(weight);
    this.#prepare([...this.#members, endpoint]);
    return endpoint;
  }

  /** Leaves at once; what it is doing, it finishes. */
  remove(endpoint: FakeEndpoint): void {
    endpoint.present = false;
    this.#release(endpoint);
    this.#prepare(this.#members.filter((member) => member !== endpoint));
  }

  reweigh(endpoint: FakeEndpoint, weight: number): void {
    endpoint.weight = weight;
    this.#prepare(this.#members);
  }

  /**
   * Picks and starts an attempt. Some must be ready and not excluded.
   * @throws {Error} if the strategy picks anything but a candidate
   */
  start(request: RequestInfo, excluded: readonly Endpoint[] = []): FakeAttempt {
    const candidates = this.ready.filter((endpoint) => !excluded.includes(endpoint));
    for (const member of this.#members) member.eligible = candidates.includes(member);
    const picked = this.strategy.pick(Object.freeze(candidates), request);
    const endpoint = candidates.find((candidate) => candidate === picked);
    if (endpoint === undefined) {
      const name = (picked as Endpoint | undefined)?.id ?? 'nothing';
      const names = candidates.map((candidate) => candidate.id).join(' ');
      throw new Error(`picked ${name}, the candidates were ${names}`);
    }
    endpoint.inFlight += 1;
    const attempt = { endpoint, startedMs: this.clock.now() };
    this.running.push(attempt);
    this.strategy.started?.(endpoint);
    return attempt;
  }

  /** The head of the answer is there. */
  firstByte(attempt: FakeAttempt): void {
    this.strategy.firstByte?.(attempt.endpoint, this.clock.now() - attempt.startedMs);
  }

  /** Ends an attempt, once. */
  settle(attempt: FakeAttempt, kind: Outcome['kind'] = 'ok'): void {
    const index = this.running.indexOf(attempt);
    if (index < 0) throw new RangeError('this attempt has ended already');
    this.running.splice(index, 1);
    const latencyMs = this.clock.now() - attempt.startedMs;
    const { endpoint } = attempt;
    endpoint.inFlight -= 1;
    this.strategy.settled?.(
      endpoint,
      kind === 'failed'
        ? { kind, cause: 'reset', requestSent: true, replayable: true, latencyMs }
        : { kind, latencyMs },
    );
    if (!endpoint.present) this.#release(endpoint);
  }

  /**
   * Serves requests with random keys, one every `gapMs`, each for as long as `serviceMs` says.
   * @returns how many each member got
   */
  serve(requests: number, gapMs: number, serviceMs: (endpoint: FakeEndpoint) => number): number[] {
    const served = new Map<Endpoint, number>();
    for (let i = 0; i < requests; i++) {
      const attempt = this.start(requestWith(this.random.below(2 ** 31)));
      served.set(attempt.endpoint, (served.get(attempt.endpoint) ?? 0) + 1);
      this.clock.after(serviceMs(attempt.endpoint), () => {
        this.firstByte(attempt);
        this.settle(attempt);
      });
      this.clock.advance(gapMs);
    }
    return this.#members.map((member) => served.get(member) ?? 0);
  }

  #newEndpoint(weight: number): FakeEndpoint {
    const slot = this.#freeSlots.pop() ?? this.#slots++;
    return new FakeEndpoint(`e${this.#named++}`, slot, weight);
  }

  #release(endpoint: FakeEndpoint): void {
    if (endpoint.inFlight === 0) this.#freeSlots.push(endpoint.slot);
  }

  #prepare(members: readonly FakeEndpoint[]): void {
    this.#members = Object.freeze([...members]);
    this.strategy.prepare?.(this.#members);
  }
}
