/**
 * A short history of a fleet as plain data: requests, answers, endpoints that go and come. Drawn by seed, made
 * smaller while the check still fails, and played against a strategy: what is left is the counter-example.
 */

import type { RequestInfo, StrategyFactory } from '@evenkeel/core';
import { type FakeEndpoint, FakeFleet } from '@evenkeel/core/testing';
import fc from 'fast-check';
import { Trace } from './trace.ts';

/** One thing that happens. Numbers that name an endpoint or an attempt count modulo how many there are. */
export type Step =
  | { readonly does: 'request'; readonly key: number }
  | {
      readonly does: 'answer';
      readonly attempt: number;
      readonly kind: 'ok' | 'failed' | 'cancelled';
    }
  | { readonly does: 'down' | 'up' | 'leave'; readonly endpoint: number }
  | { readonly does: 'join'; readonly weight: number }
  | { readonly does: 'weigh'; readonly endpoint: number; readonly weight: number };

/** A fleet and what happens to it. */
export interface Plan {
  readonly weights: readonly number[];
  readonly steps: readonly Step[];
}

/** What plans are drawn from. */
export interface PlanShape {
  /** Endpoints at the start, at most; default 5. */
  readonly endpoints?: number;
  /** Weights to draw from; default: all 1. */
  readonly weights?: readonly number[];
  /** Steps, at most; default 30. */
  readonly steps?: number;
  /** What may happen besides requests; default: answers. */
  readonly events?: readonly Exclude<Step['does'], 'request'>[];
}

const KEYS = 2 ** 31;

function eventOf(
  does: Exclude<Step['does'], 'request'>,
  weights: readonly number[],
): fc.Arbitrary<Step> {
  const weight = fc.constantFrom(...weights);
  const endpoint = fc.nat(11);
  switch (does) {
    case 'answer':
      return fc.record({
        does: fc.constant('answer' as const),
        attempt: fc.nat(11),
        kind: fc.constantFrom('ok' as const, 'failed' as const, 'cancelled' as const),
      });
    case 'join':
      return fc.record({ does: fc.constant('join' as const), weight });
    case 'weigh':
      return fc.record({ does: fc.constant('weigh' as const), endpoint, weight });
    default:
      return fc.record({ does: fc.constant(does), endpoint });
  }
}

/** Plans of that shape, half of their steps requests. */
export function plans(shape: PlanShape): fc.Arbitrary<Plan> {
  const { endpoints = 5, weights = [1], steps = 30, events = ['answer'] } = shape;
  const request: fc.Arbitrary<Step> = fc.record({
    does: fc.constant('request' as const),
    key: fc.nat(KEYS - 1),
  });
  const others = events.map((does) => ({ weight: 2, arbitrary: eventOf(does, weights) }));
  return fc.record({
    weights: fc.array(fc.constantFrom(...weights), { minLength: 1, maxLength: endpoints }),
    steps: fc.array(fc.oneof({ weight: 2 * events.length + 2, arbitrary: request }, ...others), {
      maxLength: steps,
    }),
  });
}

/** A pick, as the one who judges it sees it. */
export interface Pick {
  readonly picked: FakeEndpoint;
  readonly candidates: readonly FakeEndpoint[];
  readonly request: RequestInfo;
  /** In flight at each candidate before the pick, in their order. */
  readonly inFlight: readonly number[];
}

/** Follows a play. `picked` returns what is wrong with a pick, in one line, or undefined. */
export interface Referee {
  /** Membership or weights changed; called first with the first members. */
  readonly members?: (members: readonly FakeEndpoint[]) => void;
  /** An endpoint went down, came up, joined, left or has another weight; those that are ready now. */
  readonly changed?: (ready: readonly FakeEndpoint[]) => void;
  readonly picked: (pick: Pick) => string | undefined;
}

/** What a play showed: what was wrong, if anything. */
export interface Play {
  readonly wrong: string | undefined;
  readonly trace: Trace;
}

const MOST_ENDPOINTS = 8;

class Stage {
  readonly trace = new Trace();
  readonly #fleet: FakeFleet;
  readonly #referee: Referee;

  constructor(factory: StrategyFactory, plan: Plan, seed: number, referee: Referee) {
    this.#fleet = new FakeFleet(factory, seed, plan.weights);
    this.#referee = referee;
    referee.members?.(this.#fleet.members);
  }

  /** @returns what was wrong */
  take(step: Step): string | undefined {
    const fleet = this.#fleet;
    fleet.clock.advance(1);
    if (step.does === 'request') return this.#request({ hash: step.key, idempotent: true });
    if (step.does === 'answer') {
      const attempt = fleet.running[step.attempt % Math.max(1, fleet.running.length)];
      if (attempt === undefined) return undefined;
      if (step.kind === 'ok') fleet.firstByte(attempt);
      fleet.settle(attempt, step.kind);
      this.#note(`${attempt.endpoint.id} answers: ${step.kind}`);
    } else if (step.does === 'join') {
      if (fleet.members.length < MOST_ENDPOINTS) {
        const newcomer = fleet.add(step.weight);
        this.#moved(`${newcomer.id} joins with weight ${step.weight}`);
      }
    } else this.#change(step);
    return undefined;
  }

  #change(step: Extract<Step, { endpoint: number }>): void {
    const fleet = this.#fleet;
    const endpoint = fleet.members[step.endpoint % fleet.members.length];
    if (endpoint === undefined) return;
    const isLastReady = fleet.ready.every((other) => other === endpoint);
    if (step.does === 'weigh') {
      fleet.reweigh(endpoint, step.weight);
      this.#moved(`${endpoint.id} now has weight ${step.weight}`);
    } else if (step.does === 'up' && !endpoint.ready) {
      endpoint.ready = true;
      this.#note(`${endpoint.id} is ready again`);
      this.#referee.changed?.(fleet.ready);
    } else if (step.does === 'down' && endpoint.ready && !isLastReady) {
      endpoint.ready = false;
      this.#note(`${endpoint.id} goes down`);
      this.#referee.changed?.(fleet.ready);
    } else if (step.does === 'leave' && !isLastReady) {
      fleet.remove(endpoint);
      this.#moved(`${endpoint.id} leaves`);
    }
  }

  #request(request: RequestInfo): string | undefined {
    const fleet = this.#fleet;
    const candidates = fleet.ready;
    const inFlight = candidates.map((candidate) => candidate.inFlight);
    const done = this.trace.asked(fleet.clock.now(), candidates, fleet.members);
    try {
      const { endpoint: picked } = fleet.start(request);
      done(picked.id);
      return this.#referee.picked({ picked, candidates, request, inFlight });
    } catch (error) {
      done('?');
      throw error;
    }
  }

  #moved(text: string): void {
    this.#note(text);
    this.#referee.members?.(this.#fleet.members);
    this.#referee.changed?.(this.#fleet.ready);
  }

  #note(text: string): void {
    const { clock, members, ready } = this.#fleet;
    this.trace.note(clock.now(), text, members, ready);
  }
}

/** Plays a plan. Throws what the strategy throws, with the trace attached by `onThrow`. */
export function play(
  factory: StrategyFactory,
  plan: Plan,
  seed: number,
  referee: Referee,
  onThrow: (trace: Trace) => void = () => {},
): Play {
  const stage = new Stage(factory, plan, seed, referee);
  try {
    for (const step of plan.steps) {
      const wrong = stage.take(step);
      if (wrong !== undefined) return { wrong, trace: stage.trace };
    }
  } catch (error) {
    onThrow(stage.trace);
    throw error;
  }
  return { wrong: undefined, trace: stage.trace };
}
