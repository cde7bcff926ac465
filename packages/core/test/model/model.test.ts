/**
 * Pool, health, retries and balancer against the model, under random sequences of everything that
 * can happen. A failure prints the one line that replays it.
 */

import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'vitest';
import type { LabFile, Step } from '../../src/testing/index.ts';
import { LAB_SCHEMA } from '../../src/testing/index.ts';
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
  const watch = writeFilm(why, Number(worldSeed), [...(commands ?? [])], run.seed);
  throw new Error(`${why}\n  seed ${worldSeed}: ${commands}\n  replay: ${line}\n  watch: ${watch}`);
});

/** The smallest counter-example as a film for the lab; returns the line that shows it. */
function writeFilm(
  law: string,
  worldSeed: number,
  commands: readonly fc.Command<Model, World>[],
  seed: number,
): string {
  const film = {
    title: 'Counter-example of the model test',
    law,
    steps: stepsOf(worldSeed, commands),
  };
  const file: Partial<LabFile> = { schema: LAB_SCHEMA, steps: film };
  const path = join(tmpdir(), `evenkeel-model-${seed}.lab.json`);
  writeFileSync(path, JSON.stringify(file));
  return `pnpm lab --replay ${path}`;
}

/** Each command of a counter-example, and how the endpoints were after it. */
function stepsOf(worldSeed: number, commands: readonly fc.Command<Model, World>[]): Step[] {
  const model = new Model();
  const world = new World(model, worldSeed);
  return commands.map((command) => {
    const before = world.running.map(({ attempt }) => attempt);
    try {
      command.run(model, world);
    } catch {
      // The law that this breaks stands beside the film.
    }
    const started = world.running.find(({ attempt }) => !before.includes(attempt));
    const endpoints = world.cluster.pool.members.map(({ id, state, inFlight }) => {
      return { id, state, inFlight };
    });
    const picked = started && { picked: started.attempt.endpoint.id };
    return { what: String(command), endpoints, ...picked };
  });
}
