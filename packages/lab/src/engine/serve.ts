/** A worker's side of the protocol: holds one world and answers what the page asks of it. */

import { type StrategyFactory, strategyNamed } from '@evenkeel/core';
import { lawsFor, StepRecorder } from '@evenkeel/core/testing';
import { type Scenario, Simulation } from '@evenkeel/sim/engine';
import { quantileOf } from './figures.ts';
import { Film } from './film.ts';
import type { Answers, Ask, LawResult, RunFigures, StrategyRef } from './protocol.ts';

/** Answers requests, one after the other. */
export class WorldServer {
  readonly #own: () => StrategyFactory;
  readonly #alive: () => void;
  #film: Film | undefined;

  /**
   * @param own makes the strategy whose code came with the worker
   * @param alive called now and then during long pieces of work
   */
  constructor(own: () => StrategyFactory, alive: () => void) {
    this.#own = own;
    this.#alive = alive;
  }

  answer(ask: Ask): Answers[Ask['kind']] {
    switch (ask.kind) {
      case 'load':
        this.#film = new Film({
          scenario: ask.scenario,
          strategy: () => this.#factory(ask.strategy),
        });
        return undefined;
      case 'frame': {
        const film = this.#loaded();
        const frame = film.frame(ask.atMs, ask.travelMs, ask.dotsMax, this.#alive);
        return { frame, figures: ask.withFigures ? film.figures() : undefined };
      }
      case 'next':
        return this.#loaded().nextMs;
      case 'run':
        return runOnce(ask.scenario, this.#factory(ask.strategy), ask.seed, this.#alive);
      case 'laws':
        return this.#laws(ask.seeds);
    }
  }

  #loaded(): Film {
    if (this.#film === undefined) throw new Error('no world has been loaded');
    return this.#film;
  }

  #factory(strategy: StrategyRef): StrategyFactory {
    return 'own' in strategy ? this.#own() : strategyNamed(strategy.name).create();
  }

  /** Laws that do not depend on a routing key: those of a strategy that follows none. */
  #laws(seeds: number): LawResult[] {
    return lawsFor({}).map((law) => {
      for (let seed = 0; seed < seeds; seed++) {
        const recorder = new StepRecorder();
        try {
          law.check(recorder.wrap(this.#own()), seed);
        } catch (error) {
          const broken = { seed, message: messageOf(error, law.name, seed), steps: recorder.steps };
          return { name: law.name, broken };
        }
        this.#alive();
      }
      return { name: law.name, broken: undefined };
    });
  }
}

/** What is wrong, without the law and the seed, which stand beside it. */
function messageOf(error: unknown, law: string, seed: number): string {
  const message = String(error instanceof Error ? error.message : error).slice(0, MESSAGE_MAX);
  const prefix = `law "${law}" broken by seed ${seed}: `;
  return message.startsWith(prefix) ? message.slice(prefix.length) : message;
}

/** A message from code that none here has written may be of any length. */
const MESSAGE_MAX = 2000;
/** Virtual time between two signs of life of a long run. */
const CHUNK_MS = 250;

/** One run from its beginning to its end. */
export function runOnce(
  scenario: Scenario,
  strategy: StrategyFactory,
  seed: number,
  alive?: () => void,
): RunFigures {
  const run = new Simulation({ scenario, strategy, seed });
  for (let toMs = CHUNK_MS; !run.isOver; toMs += CHUNK_MS) {
    run.advance(toMs);
    alive?.();
  }
  const { requests, response, attempts, traceHash, fairness, meanQueue } = run.result();
  return {
    seed,
    traceHash,
    meanMs: response.count === 0 ? null : response.meanMs,
    p50Ms: quantileOf(response, 0.5),
    p90Ms: quantileOf(response, 0.9),
    p99Ms: quantileOf(response, 0.99),
    failed: requests.sent === 0 ? 0 : 1 - requests.ok / requests.sent,
    amplification: requests.sent === 0 ? 1 : attempts / requests.sent,
    jain: fairness.jain,
    meanQueue,
  };
}
