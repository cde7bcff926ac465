/**
 * Pool, health, retries and balancer against the model, under random sequences of everything that
 * can happen. A failure prints the one line that replays it.
 */

import fc from 'fast-check';
import { test } from 'vitest';
import { steps } from './commands.ts';
import { Model } from './model.ts';
import { World } from './world.ts';

const RUNS = Number(process.env.MODEL_RUNS ?? 400);
const [seed, path, replayPath] = (process.env.MODEL_REPLAY ?? '').split(' ');

test('whatever happens, the cluster does what the model says, and loses nothing', () => {
  const replay = replayPath === undefined ? {} : { replayPath };
  const property = fc.property(
    fc.integer(),
    fc.commands(steps, { maxCommands: 150, size: 'max', ...replay }),
    (worldSeed, commands) => {
      const model = new Model();
      const real = new World(model, worldSeed);
      fc.modelRun(() => ({ model, real }), commands);
      real.finish();
    },
  );
  const run = fc.check(property, {
    numRuns: RUNS,
    ...(seed ? { seed: Number(seed) } : {}),
    ...(path ? { path } : {}),
  });
  if (!run.failed) return;
  const [worldSeed, commands] = run.counterexample ?? [];
  const commandPath = /replayPath="([^"]*)"/.exec(String(commands))?.[1] ?? '';
  const line = `MODEL_REPLAY='${run.seed} ${run.counterexamplePath} ${commandPath}' pnpm vitest run packages/core/test/model`;
  const why = run.errorInstance instanceof Error ? run.errorInstance.message : 'unknown';
  throw new Error(`${why}\n  seed ${worldSeed}: ${commands}\n  replay: ${line}`);
});
