/** Exercise 08: rise, fall and the schedule of probes, call by call, and what flapping costs. */

import { type Health, type HealthJudge, hysteresis, strategyNamed } from '@evenkeel/core';
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

const METHODS = ['observe', 'nextDelayMs', 'timeoutMs'] as const;
const INTERVAL_MS = 5_000;
const FAST_MS = 1_000;

function counts({ numbers }: CheckContext): { rise: number; fall: number } {
  return { rise: numbers.rise ?? 2, fall: numbers.fall ?? 3 };
}

function reference(context: CheckContext, initial: string | undefined): HealthJudge {
  const policy = hysteresis({
    ...counts(context),
    intervalMs: INTERVAL_MS,
    fastIntervalMs: FAST_MS,
    downIntervalMs: FAST_MS,
    timeoutMs: FAST_MS,
  });
  return policy(initial as Health);
}

type Step = Calls<HealthJudge>[number];

function probe(ok: boolean): Step {
  return {
    afterMs: FAST_MS,
    call: (nowMs) => ({
      method: 'observe',
      args: [{ ok, nowMs, latencyMs: ok ? 3 : FAST_MS, trafficRefused: false }],
      told: `probe ${ok ? 'passed' : 'failed'}`,
    }),
  };
}

const ASK_DELAY: Step = {
  afterMs: 0,
  call: () => ({ method: 'nextDelayMs', args: [], told: 'next in' }),
};
const ASK_TIMEOUT: Step = {
  afterMs: 0,
  call: () => ({ method: 'timeoutMs', args: [], told: 'for at most' }),
};

const runs = fc
  .array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 5 })), { maxLength: 10 })
  .map((stretches) => stretches.flatMap(([ok, count]) => Array.from({ length: count }, () => ok)));

const argument = (drawn: number): Health =>
  (['checking', 'up', 'down'] as const)[drawn % 3] ?? 'up';

/** A judge per endpoint, each an object of the submission. */
function policyOf({ remote, seed }: CheckContext): (initial: Health) => HealthJudge {
  return (initial) => remote.object<HealthJudge>(METHODS, { seed, argument: initial });
}

const FLEET = 'lost probes change nothing, and a dead backend is out in time';

function fleet(context: CheckContext): undefined {
  const { rise, fall } = counts(context);
  const loses = (atMs: number, losses: number) => ({
    atMs,
    target: 'web-1',
    fault: { kind: 'healthLie', status: 500 },
    forMs: (losses - 1) * FAST_MS + 600,
  });
  const run = simulated(
    context,
    {
      fleet: [
        {
          id: 'web',
          count: 3,
          concurrency: 20,
          service: { distribution: 'exponential', meanMs: 20 },
        },
      ],
      load: { kind: 'open', ratePerSecond: 30, warmupMs: 0, durationMs: 60_000 },
      faults: [
        ...(fall > 1 ? [loses(12_000, 1)] : []),
        { atMs: 20_000, target: 'web-2', fault: { kind: 'freeze' }, forMs: 25_000 },
      ],
      lb: {
        health: { type: 'http', path: '/health' },
        passive: 'off',
        retries: 'off',
        timeouts: { responseHeadMs: 1_000 },
      },
    },
    { strategy: strategyNamed('round-robin').create(), policies: { health: policyOf(context) } },
  );
  const changes = run.events.filter(({ type, from }) => type === 'state' && from !== 'checking');
  const flaps = changes.filter(({ endpoint }) => endpoint === 'web-1');
  expectRun(flaps.length === 0, FLEET, 'web-1 answered one probe wrongly and was taken out', run);
  const down = changes.find(({ endpoint, to }) => endpoint === 'web-2' && to === 'down');
  const boundMs = INTERVAL_MS + (fall - 1) * FAST_MS + FAST_MS;
  const tookMs = down === undefined ? Number.POSITIVE_INFINITY : down.atMs - 20_000;
  const late = `web-2 was frozen at 20 s and ${down ? `down after ${Math.round(tookMs)} ms` : 'never down'}; ${boundMs} ms are enough`;
  expectRun(tookMs <= boundMs, FLEET, late, run);
  const up = changes.find(
    ({ endpoint, to, atMs }) => endpoint === 'web-2' && to === 'ready' && atMs > 45_000,
  );
  const backMs = up === undefined ? Number.POSITIVE_INFINITY : up.atMs - 45_000;
  const backBoundMs = (rise + 1) * FAST_MS + FAST_MS;
  const back = `web-2 was well again at 45 s and ${up ? `ready after ${Math.round(backMs)} ms` : 'never ready'}; ${backBoundMs} ms are enough`;
  return expectRun(backMs <= backBoundMs, FLEET, back, run);
}

const checks: ExerciseChecks = defineExercise({
  numbers: { rise: 2, fall: 3 },
  drawNumbers: (below) => ({ rise: 2 + below(2), fall: 2 + below(3) }),
  explainNumbers: ({ rise, fall }) => [`RISE = ${rise}, FALL = ${fall}`],
  checks: [
    comparisonCheck<HealthJudge>({
      id: 'first',
      law: 'the first probe of a newcomer decides',
      methods: METHODS,
      argument: () => 'checking',
      calls: () => fc.boolean().map((ok) => [probe(ok)]),
      reference,
      runs: 10,
    }),
    comparisonCheck<HealthJudge>({
      id: 'health',
      law: 'so many probes in a row change what is believed',
      methods: METHODS,
      argument,
      calls: () => runs.map((results) => results.map(probe)),
      reference,
      runs: 150,
    }),
    comparisonCheck<HealthJudge>({
      id: 'schedule',
      law: 'probes follow fast while something is changing or down, slowly while all is well',
      methods: METHODS,
      argument,
      calls: () =>
        runs.map((results) => results.flatMap((ok) => [probe(ok), ASK_DELAY, ASK_TIMEOUT])),
      reference,
    }),
    { id: 'fleet', law: FLEET, run: fleet },
  ],
});
export default checks;
