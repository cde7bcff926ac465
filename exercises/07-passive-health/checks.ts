/** Exercise 07: nginx's max_fails and fail_timeout, call by call, and what a fleet gains by them. */

import { maxFails, type OutlierDetector, strategyNamed } from '@evenkeel/core';
import {
  type Calls,
  type CheckContext,
  comparisonCheck,
  defineExercise,
  type ExerciseChecks,
  expectRun,
  simulated,
} from '@evenkeel/course';
import fc from 'fast-check';

const METHODS = ['record', 'forget'] as const;
type Detector = OutlierDetector;

function limitsOf({ numbers }: CheckContext): { fails: number; timeoutMs: number } {
  return { fails: numbers.maxFails ?? 3, timeoutMs: numbers.failTimeoutMs ?? 10_000 };
}

function reference(context: CheckContext): Detector {
  const { fails, timeoutMs } = limitsOf(context);
  return maxFails(fails, timeoutMs);
}

function record(slot: number, failed: boolean, afterMs: number): Calls<Detector>[number] {
  return {
    afterMs,
    call: (nowMs) => ({
      method: 'record',
      args: [slot, failed, nowMs],
      told: `slot ${slot} ${failed ? 'failed' : 'answered'}`,
    }),
  };
}

function forget(slot: number): Calls<Detector>[number] {
  return {
    afterMs: 0,
    call: () => ({ method: 'forget', args: [slot], told: `forget slot ${slot}` }),
  };
}

/** Gaps of every kind, those at the time out itself included. */
function gaps(timeoutMs: number): fc.Arbitrary<number> {
  return fc.constantFrom(
    0,
    1,
    timeoutMs >> 2,
    timeoutMs - 1,
    timeoutMs,
    timeoutMs + 1,
    3 * timeoutMs,
  );
}

function outcomes(context: CheckContext, slots: number): fc.Arbitrary<Calls<Detector>[number]> {
  const { timeoutMs } = limitsOf(context);
  const failed = fc.oneof(
    { weight: 3, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  );
  return fc.tuple(fc.nat(slots - 1), failed, gaps(timeoutMs)).map((drawn) => record(...drawn));
}

/** What counts is whether an ejection is asked for; the words are free. */
function seen(result: unknown, method: string): string {
  if (method === 'forget') return 'ok';
  if (result === undefined || result === null) return 'nothing';
  return typeof result === 'string' && result !== ''
    ? 'eject'
    : `${typeof result} ${String(result)}`;
}

/** Ejected, then back on probation: what a success and a failure mean there, soon and late. */
function probations(context: CheckContext): Calls<Detector>[] {
  const { fails, timeoutMs } = limitsOf(context);
  const ejected = Array.from({ length: fails }, () => record(0, true, 1));
  const [late, soon] = [3 * timeoutMs, 1];
  return [
    [...ejected, record(0, true, late), record(0, true, late)],
    [...ejected, record(0, false, soon), record(0, true, soon), record(0, true, late)],
    [...ejected, record(0, false, late), record(0, true, soon), record(0, true, soon)],
    [...ejected, record(0, true, soon), record(0, false, soon), record(0, true, soon)],
  ];
}

const FLEET = 'one backend that fails all requests costs a few of them, not a quarter';

function fleet(context: CheckContext): undefined {
  const detector = context.remote.object<Detector>(METHODS, { seed: context.seed });
  const run = simulated(
    context,
    {
      fleet: [
        {
          id: 'web',
          count: 4,
          concurrency: 20,
          service: { distribution: 'exponential', meanMs: 20 },
        },
      ],
      load: { kind: 'open', ratePerSecond: 200, warmupMs: 0, durationMs: 8_000 },
      faults: [{ atMs: 1_000, target: 'web-2', fault: { kind: 'error', status: 503 } }],
      lb: { health: 'off', retries: 'off' },
    },
    { strategy: strategyNamed('round-robin').create(), policies: { detector } },
  );
  const failed = run.requests.sent - run.requests.ok;
  // Those in flight when it is ejected come on top of the limit.
  const allowed = 3 * limitsOf(context).fails + 10;
  const found = `${failed} of ${run.requests.sent} requests failed, at most ${allowed} need to`;
  return expectRun(failed <= allowed, FLEET, found, run);
}

const checks: ExerciseChecks = defineExercise({
  numbers: { maxFails: 3, failTimeoutMs: 10_000 },
  drawNumbers: (below) => ({ maxFails: 2 + below(4), failTimeoutMs: 1_000 * (5 + below(11)) }),
  explainNumbers: (numbers) => [
    `MAX_FAILS = ${numbers.maxFails}, FAIL_TIMEOUT_MS = ${numbers.failTimeoutMs}`,
  ],
  checks: [
    comparisonCheck<Detector>({
      id: 'rule',
      law: 'asks for an ejection exactly when the rule does',
      methods: METHODS,
      calls: (context) => fc.array(outcomes(context, 2), { maxLength: 24 }),
      examples: probations,
      reference,
      seen,
      runs: 150,
    }),
    comparisonCheck<Detector>({
      id: 'forgets',
      law: 'a slot that is forgotten starts afresh, and slots do not mix',
      methods: METHODS,
      calls: (context) =>
        fc.array(
          fc.oneof(
            { weight: 5, arbitrary: outcomes(context, 4) },
            { weight: 1, arbitrary: fc.nat(3).map(forget) },
          ),
          { maxLength: 40 },
        ),
      examples: (context) => {
        const { fails } = limitsOf(context);
        const failures = Array.from({ length: fails }, () => record(0, true, 1));
        return [
          [...failures.slice(1), forget(0), record(0, true, 1)],
          [...failures, forget(0), record(0, true, 1), record(1, true, 1)],
        ];
      },
      reference,
      seen,
      runs: 100,
    }),
    { id: 'fleet', law: FLEET, run: fleet },
  ],
});
export default checks;
