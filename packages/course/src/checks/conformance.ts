/** Core's own laws, asked of a submission. */

import { conformanceLaws, LawBroken } from '@evenkeel/core/testing';
import { SubjectError } from '../sandbox/subject.ts';
import type { Check, CheckContext } from './check.ts';
import { CheckFailed } from './failure.ts';
import { fleetCheck } from './property.ts';
import { recorded } from './trace.ts';

const SEEDS = 3;

function causeOf(error: unknown): unknown {
  return error instanceof LawBroken ? error.cause : error;
}

/** A law of core's, by its name there. */
export function conformanceCheck(id: string, name: string, seeds: number = SEEDS): Check {
  const law = conformanceLaws.find((known) => known.name === name);
  if (law === undefined) throw new Error(`core has no law "${name}"`);
  const run = ({ remote, seed }: CheckContext): undefined => {
    for (let i = 0; i < seeds; i++) {
      const { factory, trace } = recorded(remote.strategy);
      try {
        law.check(factory, (seed + i) >>> 0);
        remote.finish();
      } catch (error) {
        const cause = causeOf(error);
        if (cause instanceof SubjectError && cause.kind !== 'fault') throw cause;
        const found = cause instanceof Error ? cause.message : String(cause);
        throw new CheckFailed(name, found, trace().lines(), trace().steps());
      } finally {
        remote.discard();
      }
    }
  };
  return { id, law: name, run };
}

/** A check that every pick is a candidate, whatever happens to the fleet. */
export function candidatesCheck(): Check {
  return fleetCheck({
    id: 'candidates',
    law: 'every pick is one of the candidates, whatever happens to the fleet',
    shape: {
      weights: [1, 2],
      events: ['answer', 'down', 'up', 'join', 'leave', 'weigh'],
      steps: 40,
    },
    referee: () => ({ picked: () => undefined }),
  });
}

/** A check that a strategy keeps nothing for each request. */
export function frugalCheck(id = 'frugal'): Check {
  const law = 'memory does not grow with the number of requests';
  const picks = 40_000;
  const allowed = 8;
  return {
    id,
    law,
    run({ remote }): undefined {
      if (remote.heapGrowth(picks) <= allowed * picks) return undefined;
      // Not how much: that differs from run to run, and marks do not.
      const found = `each request leaves more than ${allowed} bytes behind that are never freed`;
      throw new CheckFailed(law, found);
    },
  };
}
