/** All that can happen to a cluster, in any order. */

import fc from 'fast-check';
import type { AdminState } from '../../src/pool.ts';
import type { Outcome } from '../../src/strategy.ts';
import type { Model } from './model.ts';
import type { ModelSpec } from './model-endpoint.ts';
import { MANNERS, type Manner, type Truth, type World } from './world.ts';

type Step = fc.Command<Model, World>;

const IDS = ['a', 'b', 'c', 'd', 'e'] as const;

/** Builds a command; every one is followed by all checks. */
function step(
  name: string,
  canRun: (model: Pick<Model, 'endpoints'>) => boolean,
  act: (model: Model, world: World) => void,
): Step {
  return {
    check: (model) => canRun(model),
    run(model, world): void {
      act(model, world);
      world.check();
    },
    toString: () => name,
  };
}

function join(id: string, weight: number, spec: ModelSpec): Step {
  return step(
    `join(${id}, ${weight}, ${JSON.stringify(spec)})`,
    (model) => !model.endpoints.has(id),
    (model, world) => {
      model.add(id, spec);
      world.update([...world.specs, { id, weight, ...spec }]);
    },
  );
}

function leave(id: string): Step {
  return step(
    `leave(${id})`,
    (model) => model.endpoints.has(id),
    (model, world) => {
      model.remove(id, world.clock.now());
      world.update(world.specs.filter((spec) => spec.id !== id));
    },
  );
}

function reweigh(id: string, weight: number): Step {
  return step(
    `reweigh(${id}, ${weight})`,
    (model) => model.endpoints.has(id),
    (_, world) => {
      world.update(world.specs.map((spec) => (spec.id === id ? { ...spec, weight } : spec)));
      if (world.cluster.pool.member(id)?.weight !== weight) throw new Error('the weight is lost');
    },
  );
}

function operate(id: string, admin: AdminState): Step {
  return step(
    `operate(${id}, ${admin})`,
    (model) => model.endpoints.has(id),
    (model, world) => {
      model.setAdmin(id, admin, world.clock.now());
      world.cluster.pool.setAdminState(id, admin);
    },
  );
}

function become(id: string, truth: Truth): Step {
  return step(
    `become(${id}, ${truth})`,
    () => true,
    (_, world) => void world.truth.set(id, truth),
  );
}

function request(idempotent: boolean, manner: Manner): Step {
  return step(
    `request(${idempotent}, ${manner})`,
    () => true,
    (_, world) => world.request(idempotent, manner),
  );
}

function settle(which: number, outcome: Outcome): Step {
  const said = outcome.kind === 'failed' ? outcome.cause : outcome.kind;
  return step(
    `settle(${which}, ${said})`,
    () => true,
    (_, world) => {
      if (world.running.length > 0) world.settle(which, outcome);
    },
  );
}

function cancel(which: number): Step {
  return step(
    `cancel(${which})`,
    () => true,
    (_, world) => world.cancel(which),
  );
}

function pass(ms: number): Step {
  return step(
    `pass(${ms})`,
    () => true,
    (_, world) => world.clock.advance(ms),
  );
}

const spec: fc.Arbitrary<ModelSpec> = fc.record({
  maxConnections: fc.nat({ max: 2 }),
  priority: fc.constantFrom(0, 0, 0, 1),
  backup: fc.constantFrom(false, false, false, true),
});
const id = fc.constantFrom(...IDS);
const which = fc.nat({ max: 20 });
const failure: fc.Arbitrary<Outcome> = fc.record({
  kind: fc.constant('failed' as const),
  cause: fc.constantFrom('refused', 'connect-timeout', 'timeout', 'reset', 'protocol', 'status'),
  requestSent: fc.boolean(),
  replayable: fc.boolean(),
  latencyMs: fc.constant(1),
});
const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Outcome>({ kind: 'ok', latencyMs: 1 }) },
  { weight: 1, arbitrary: fc.constant<Outcome>({ kind: 'cancelled', latencyMs: 1 }) },
  { weight: 6, arbitrary: failure },
);

const arrival = fc.tuple(fc.boolean(), fc.constantFrom(...MANNERS));

/** Traffic is commonest, as in life; failures are commoner than in life. */
export const steps: fc.Arbitrary<Step>[] = [
  fc.tuple(id, fc.integer({ min: 1, max: 5 }), spec).map((a) => join(...a)),
  fc.tuple(id, fc.integer({ min: 1, max: 5 }), spec).map((a) => join(...a)),
  id.map(leave),
  fc.tuple(id, fc.integer({ min: 1, max: 5 })).map((a) => reweigh(...a)),
  fc
    .tuple(id, fc.constantFrom<AdminState>('ready', 'ready', 'drain', 'maintenance'))
    .map((a) => operate(...a)),
  fc
    .tuple(id, fc.constantFrom<Truth>('well', 'well', 'refusing', 'silent', 'wrong', 'wrong'))
    .map((a) => become(...a)),
  arrival.map((a) => request(...a)),
  arrival.map((a) => request(...a)),
  arrival.map((a) => request(...a)),
  fc.tuple(which, outcome).map((a) => settle(...a)),
  fc.tuple(which, outcome).map((a) => settle(...a)),
  fc.tuple(which, outcome).map((a) => settle(...a)),
  which.map(cancel),
  fc.oneof(fc.nat({ max: 60 }), fc.nat({ max: 6000 })).map(pass),
];
