/** Exercise 05: the strategy, the predictions, and whether the simulator agrees with both. */

import { FakeFleet, requestWith } from '@evenkeel/core/testing';
import {
  type Check,
  type CheckContext,
  CheckFailed,
  candidatesCheck,
  defineExercise,
  type ExerciseChecks,
  recorded,
  simulated,
} from '@evenkeel/course';
import { parse } from 'yaml';

const PICKS = 600;
const TOLERANCE = 0.03;
const TAIL = 3;
const FILE = 'predictions.yaml';

function loadOf({ numbers }: CheckContext): number {
  return numbers.load ?? 0.9;
}

/** Four endpoints with 0, 1, 2 and 3 requests running: how often each is picked. */
function countsByLoad({ remote, seed }: CheckContext): {
  counts: number[];
  trace: readonly string[];
} {
  const { factory, trace } = recorded(remote.strategy);
  const fleet = new FakeFleet(factory, seed, [1, 1, 1, 1]);
  const counts = [0, 0, 0, 0];
  for (const [load, member] of fleet.members.entries()) member.inFlight = load;
  for (let i = 0; i < PICKS; i++) {
    const attempt = fleet.start(requestWith(i));
    const { slot } = attempt.endpoint;
    counts[slot] = (counts[slot] ?? 0) + 1;
    fleet.clock.advance(1);
    fleet.settle(attempt);
  }
  return { counts, trace: trace().lines() };
}

const DISTINCT = 'the two are different: the most loaded of all is never picked';

function distinct(context: CheckContext): undefined {
  const { counts, trace } = countsByLoad(context);
  if (counts[3] === 0) return undefined;
  const found = `of ${PICKS} requests the busiest got ${counts[3]}: it was drawn twice, or the busier one was taken`;
  throw new CheckFailed(DISTINCT, found, trace);
}

const CHOICE = 'of four with different loads they get 1/2, 1/3, 1/6 and none';

function choice(context: CheckContext): undefined {
  const { counts, trace } = countsByLoad(context);
  const expected = [1 / 2, 1 / 3, 1 / 6, 0];
  const isRight = counts.every((count, i) => Math.abs(count / PICKS - (expected[i] ?? 0)) < 0.08);
  if (isRight) return undefined;
  throw new CheckFailed(CHOICE, `of ${PICKS} requests they got ${counts.join(', ')}`, trace);
}

interface Prediction {
  readonly mean: number;
  readonly tail: number;
}

/** Theory for many servers; d choices. Mitzenmacher 2001. */
function theory(load: number, choices: 1 | 2): Prediction {
  if (choices === 1) return { mean: 1 / (1 - load), tail: load ** TAIL };
  let mean = 0;
  for (let i = 1; i < 60; i++) mean += load ** (2 ** i - 2);
  return { mean, tail: load ** (2 ** TAIL - 1) };
}

/** @throws {CheckFailed} on a file that cannot be read */
function predicted(
  { files }: CheckContext,
  group: 'random' | 'powerOfTwo',
  figure: keyof Prediction,
): number {
  const law = `${FILE} holds random and powerOfTwo, each with mean and tail`;
  const text = files[FILE];
  if (text === undefined)
    throw new CheckFailed(law, `${FILE} is missing, or is no plain file of at most 4 KiB`);
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw new CheckFailed(law, `${FILE}: ${(error as Error).message.split('\n')[0]}`);
  }
  const groups = (content ?? {}) as Record<string, Record<string, unknown> | null>;
  const value = groups[group]?.[figure];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new CheckFailed(
    law,
    `${FILE}: ${group}.${figure}: expected a number, got ${String(value)}`,
  );
}

function prediction(id: string, group: 'random' | 'powerOfTwo', figure: keyof Prediction): Check {
  const what =
    figure === 'mean' ? 'mean response time' : `share of servers with at least ${TAIL} requests`;
  const law = `${group}: the ${what} is predicted within ${TOLERANCE * 100} %`;
  const run = (context: CheckContext): undefined => {
    const value = predicted(context, group, figure);
    const right = theory(loadOf(context), group === 'random' ? 1 : 2)[figure];
    if (Math.abs(value - right) <= TOLERANCE * right) return undefined;
    const direction = value > right ? 'too large' : 'too small';
    throw new CheckFailed(
      law,
      `${group}.${figure}: ${value} is ${direction} at load ${loadOf(context)}`,
    );
  };
  return { id, law, run };
}

const SERVERS = 20;
const SERVICE_MS = 10;
const MEASURED = 'with your strategy the simulator measures what theory says';

function measured(context: CheckContext): undefined {
  const load = loadOf(context);
  const fleet = { id: 's', count: SERVERS, concurrency: 1, queue: 1e6 };
  const result = simulated(
    context,
    {
      fleet: [{ ...fleet, service: { distribution: 'exponential', meanMs: SERVICE_MS } }],
      load: {
        kind: 'open',
        fraction: load,
        warmupMs: 1_000,
        durationMs: 5_000,
        timeoutMs: 600_000,
      },
      lb: { health: 'off', passive: 'off', retries: 'off' },
    },
    { strategy: context.remote.strategy },
  );
  const mean = result.response.meanMs / SERVICE_MS;
  const right = theory(load, 2).mean;
  // Twenty servers and some ten thousand requests: noise, and a little more than with infinitely many.
  if (mean <= 1.35 * right && mean >= 0.7 * right) return undefined;
  const found = `measured ${mean.toFixed(2)} service times at load ${load}, theory says ${right.toFixed(2)}`;
  throw new CheckFailed(MEASURED, found);
}

const checks: ExerciseChecks = defineExercise({
  files: [FILE],
  numbers: { load: 0.9 },
  drawNumbers: (below) => ({ load: (80 + below(14)) / 100 }),
  explainNumbers: ({ load }) => [`the load per server is ${load}`],
  checks: [
    candidatesCheck(),
    { id: 'distinct', law: DISTINCT, run: distinct },
    { id: 'choice', law: CHOICE, run: choice },
    prediction('random-mean', 'random', 'mean'),
    prediction('two-mean', 'powerOfTwo', 'mean'),
    prediction('random-tail', 'random', 'tail'),
    prediction('two-tail', 'powerOfTwo', 'tail'),
    { id: 'measured', law: MEASURED, run: measured },
  ],
});
export default checks;
