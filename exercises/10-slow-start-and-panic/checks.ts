/** Exercise 10: the ramp and the threshold, value by value, and a fleet in which one comes back. */

import { type SlowStart, slowStart, strategyNamed } from '@evenkeel/core';
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

const METHODS = ['factor', 'inPanic'] as const;
const DIGITS = 9;

interface Comeback extends SlowStart {
  inPanic(ready: number, total: number): boolean;
}

function numbersOf({ numbers }: CheckContext): { windowMs: number; panicPercent: number } {
  return { windowMs: numbers.windowMs ?? 60_000, panicPercent: numbers.panicPercent ?? 50 };
}

function reference(context: CheckContext): Comeback {
  const { windowMs, panicPercent } = numbersOf(context);
  const ramp = slowStart({ windowMs });
  return {
    windowMs,
    factor: (sinceMs) => ramp.factor(sinceMs),
    inPanic: (ready, total) => total > 0 && ready * 100 < total * panicPercent,
  };
}

type Step = Calls<Comeback>[number];

function factor(sinceMs: number): Step {
  return {
    afterMs: 0,
    call: () => ({ method: 'factor', args: [sinceMs], told: `factor(${sinceMs})` }),
  };
}

function panic(ready: number, total: number): Step {
  const told = `inPanic(${ready} of ${total})`;
  return { afterMs: 0, call: () => ({ method: 'inPanic', args: [ready, total], told }) };
}

function seen(result: unknown): string {
  return typeof result === 'number' ? String(Number(result.toFixed(DIGITS))) : String(result);
}

const FLEET = 'one that comes back gets less than its share at first, and all of it in the end';

/** Round robin over four; one is gone for two seconds. */
function fleet(context: CheckContext): undefined {
  const { windowMs } = numbersOf(context);
  const comeback = context.remote.object<Comeback>(METHODS, { seed: context.seed });
  const backMs = 3_000;
  const taken: number[] = [];
  const run = simulated(
    context,
    {
      fleet: [
        { id: 'web', count: 4, concurrency: 50, service: { distribution: 'constant', meanMs: 5 } },
      ],
      load: { kind: 'open', ratePerSecond: 40, warmupMs: 0, durationMs: backMs + 2 * windowMs },
      faults: [{ atMs: 1_000, target: 'web-1', fault: { kind: 'kill' }, forMs: backMs - 1_000 }],
      lb: { health: { intervalMs: 200, fastIntervalMs: 100, downIntervalMs: 100, timeoutMs: 100 } },
    },
    {
      strategy: strategyNamed('round-robin').create(),
      policies: { slowStart: { windowMs: comeback.windowMs, factor: (ms) => comeback.factor(ms) } },
      trace: (line) => {
        const atMs = /^([\d.]+) attempt \d+ at web-1$/.exec(line)?.[1];
        if (atMs !== undefined) taken.push(Number(atMs));
      },
    },
  );
  const share = (fromMs: number, toMs: number): number => {
    const count = taken.filter((atMs) => atMs >= fromMs && atMs < toMs).length;
    return count / ((toMs - fromMs) / 25);
  };
  const early = share(backMs + 500, backMs + windowMs / 4);
  const percent = (value: number): string => `${Math.round(value * 100)} %`;
  const tooMuch = `in the first quarter of the window web-1 got ${percent(early)} of the requests, at most 12 % fit`;
  expectRun(early <= 0.12, FLEET, tooMuch, run);
  const none = `in the first quarter of the window web-1 got ${percent(early)} of the requests: too few to warm up`;
  expectRun(early >= 0.01, FLEET, none, run);
  const late = share(backMs + 1.1 * windowMs, backMs + 2 * windowMs);
  const tooLittle = `after the window web-1 got ${percent(late)} of the requests, a quarter is its share`;
  return expectRun(late >= 0.22, FLEET, tooLittle, run);
}

const checks: ExerciseChecks = defineExercise({
  numbers: { windowMs: 60_000, panicPercent: 50 },
  drawNumbers: (below) => ({
    windowMs: 10_000 * (3 + below(6)),
    panicPercent: 10 * (3 + below(5)),
  }),
  explainNumbers: (numbers) => [
    `WINDOW_MS = ${numbers.windowMs}, PANIC_PERCENT = ${numbers.panicPercent}`,
  ],
  checks: [
    comparisonCheck<Comeback>({
      id: 'ramp',
      law: 'the factor is the share of the window that has passed, from 0.1 to 1',
      methods: METHODS,
      calls: (context) => {
        const { windowMs } = numbersOf(context);
        const tenth = windowMs / 10;
        const edges = [0, 1, 999, 1_000, tenth - 1, tenth, tenth + 1, windowMs / 2, windowMs - 1];
        const times = fc.oneof(
          fc.constantFrom(...edges, windowMs, windowMs + 1, 10 * windowMs),
          fc.nat(2 * windowMs),
        );
        return fc.array(times.map(factor), { minLength: 1, maxLength: 12 });
      },
      reference,
      seen,
    }),
    comparisonCheck<Comeback>({
      id: 'panic',
      law: 'panic begins when fewer than the threshold are ready, and never without endpoints',
      methods: METHODS,
      calls: () =>
        fc.array(
          fc.tuple(fc.nat(20), fc.nat(20)).map(([a, b]) => panic(Math.min(a, b), Math.max(a, b))),
          { minLength: 1, maxLength: 20 },
        ),
      examples: (context) => {
        const { panicPercent } = numbersOf(context);
        return [
          [
            panic(0, 0),
            panic(panicPercent / 10, 10),
            panic(panicPercent / 10 - 1, 10),
            panic(0, 3),
          ],
        ];
      },
      reference,
      seen,
    }),
    { id: 'fleet', law: FLEET, run: fleet },
  ],
});
export default checks;
