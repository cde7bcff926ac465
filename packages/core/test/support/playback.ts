/**
 * Runs every strategy of the registry through one seeded story, in whatever world this is imported.
 */

import {
  type Attempt,
  createCluster,
  DispatchState,
  type Exchange,
  exponential,
  type Outcome,
  seededRandom,
  strategies,
} from '../../src/index.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';

const REQUESTS = 300;

class Request implements Exchange {
  readonly dispatchState: DispatchState = new DispatchState();
  readonly idempotent = true;
  readonly hash: number;
  readonly #sent: (attempt: Attempt) => void;

  constructor(hash: number, sent: (attempt: Attempt) => void) {
    this.hash = hash;
    this.#sent = sent;
  }

  send(attempt: Attempt): void {
    this.#sent(attempt);
  }

  abort(): void {}

  finished(): void {}
}

/** Which endpoints each strategy chose, one letter an attempt. */
export function playAll(seed: number): Record<string, string> {
  return Object.fromEntries(
    strategies.map(({ name, create }) => {
      const clock = new ManualClock();
      const random = seededRandom(seed);
      const story = random.fork('story');
      const work = exponential(20);
      const cluster = createCluster({ clock, random, strategy: create() });
      cluster.update([{ id: 'a', weight: 3 }, { id: 'b' }, { id: 'c' }, { id: 'd' }]);
      let picks = '';
      const sent = (attempt: Attempt): void => {
        picks += attempt.endpoint.id;
        const latencyMs = work.sampleAt(story.next());
        const isFailed = story.next() < 0.05;
        const outcome: Outcome = isFailed
          ? { kind: 'failed', cause: 'reset', requestSent: true, replayable: true, latencyMs }
          : { kind: 'ok', latencyMs };
        clock.after(latencyMs, () => {
          attempt.firstByte();
          attempt.settle(outcome);
        });
      };
      for (let i = 0; i < REQUESTS; i++) {
        cluster.balancer.dispatch(new Request(story.below(2 ** 31), sent));
        clock.advance(story.next() * 8);
      }
      clock.advance(60_000);
      return [name, picks];
    }),
  );
}
