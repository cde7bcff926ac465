/** Writes down what a strategy is asked and answers, so that the run which broke a law can be shown. */

import type { Endpoint, Outcome, RequestInfo, Strategy, StrategyFactory } from '../strategy.ts';
import type { Step, StepEndpoint } from './lab-file.ts';

/** A run is shown from its end: what came long before explains nothing. */
const STEPS_MAX = 200;

/** Steps of the strategies that it wraps, the last ones. */
export class StepRecorder {
  readonly steps: Step[] = [];

  /** The same strategy, listened to. */
  wrap(factory: StrategyFactory): StrategyFactory {
    return (environment) => {
      this.steps.length = 0;
      return this.#listen(factory(environment));
    };
  }

  #listen(inner: Strategy): Strategy {
    let members: readonly Endpoint[] = [];
    return {
      ...(inner.followsEffectiveWeight && { followsEffectiveWeight: true }),
      prepare: (now: readonly Endpoint[]): void => {
        members = now;
        this.#note(`members: ${now.map(({ id }) => id).join(' ')}`, members);
        inner.prepare?.(now);
      },
      pick: (candidates: readonly Endpoint[], request: RequestInfo): Endpoint => {
        const endpoints = shown(members, candidates);
        const picked = inner.pick(candidates, request);
        const id = (picked as Endpoint | undefined)?.id ?? 'nothing';
        this.#add({ what: `request with key ${request.hash}`, endpoints, picked: id });
        return picked;
      },
      started: (endpoint: Endpoint): void => inner.started?.(endpoint),
      firstByte: (endpoint: Endpoint, afterMs: number): void =>
        inner.firstByte?.(endpoint, afterMs),
      settled: (endpoint: Endpoint, outcome: Outcome): void => {
        this.#note(`${endpoint.id}: ${outcome.kind} after ${outcome.latencyMs} ms`, members);
        inner.settled?.(endpoint, outcome);
      },
    };
  }

  #note(what: string, members: readonly Endpoint[]): void {
    this.#add({ what, endpoints: shown(members, members) });
  }

  #add(step: Step): void {
    this.steps.push(step);
    if (this.steps.length > STEPS_MAX) this.steps.shift();
  }
}

function shown(members: readonly Endpoint[], candidates: readonly Endpoint[]): StepEndpoint[] {
  return members.map((one) => ({
    id: one.id,
    state: candidates.includes(one) ? 'ready' : 'left out',
    inFlight: one.inFlight,
  }));
}
