/**
 * Checks what came from a file or an address, and answers what follows from it. The format itself is core's,
 * because tests of every package write it.
 */

import { strategyNamed } from '@evenkeel/core';
import {
  LAB_SCHEMA,
  type LabFile,
  type LabWorld,
  type RawScenario,
  type Step,
  type StepFilm,
} from '@evenkeel/core/testing';
import { checkScenario, type Scenario } from '@evenkeel/sim/engine';

export { LAB_SCHEMA, type LabFile, type LabWorld, type RawScenario, type Step, type StepFilm };

/** Worlds side by side, at most. */
export const WORLDS_MAX = 4;
/** The speed that stands for "as fast as it goes". */
export const SPEED_MAX = 1000;
/** A strategy of one's own, at most so many characters. */
export const CODE_MAX = 50_000;

/** A file that is none; the message is one line, fit for a user. */
export class LabFileError extends Error {
  override readonly name = 'LabFileError';
}

const STEPS_MAX = 5000;
const ENDPOINTS_MAX = 100;
const TEXT_MAX = 2000;

type Fields = Readonly<Record<string, unknown>>;

function fail(source: string, what: string, value: unknown): never {
  const shown = JSON.stringify(value) ?? String(value);
  const short = shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
  throw new LabFileError(`${source}: ${what}, got ${short}`);
}

function fieldsOf(value: unknown, source: string, name: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  return fail(source, `${name} must be a mapping`, value);
}

function textOf(value: unknown, source: string, name: string): string {
  if (typeof value === 'string' && value.length <= TEXT_MAX) return value;
  return fail(source, `${name} must be a text of at most ${TEXT_MAX} characters`, value);
}

function listOf(value: unknown, source: string, name: string, max: number): readonly unknown[] {
  if (Array.isArray(value) && value.length <= max) return value;
  return fail(source, `${name} must be a list of at most ${max}`, value);
}

function checkName(name: string, source: string, field: string): string {
  try {
    return strategyNamed(name).name;
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new LabFileError(`${source}: ${field}: ${what}`, { cause });
  }
}

function checkWorld(value: unknown, source: string, at: number): LabWorld {
  const field = `strategies[${at}]`;
  if (typeof value === 'string') return checkName(value, source, field);
  const { name, code, strategy, label, lb } = fieldsOf(value, source, field);
  if (strategy !== undefined) {
    return {
      strategy: checkName(textOf(strategy, source, `${field}.strategy`), source, field),
      label: textOf(label, source, `${field}.label`),
      lb: fieldsOf(lb, source, `${field}.lb`),
    };
  }
  if (typeof code !== 'string' || code.length > CODE_MAX) {
    return fail(source, `${field}.code must be a text of at most ${CODE_MAX} characters`, code);
  }
  return { name: textOf(name, source, `${field}.name`), code };
}

function checkStep(value: unknown, source: string, at: number): Step {
  const name = `steps.steps[${at}]`;
  const fields = fieldsOf(value, source, name);
  const endpoints = listOf(fields.endpoints, source, `${name}.endpoints`, ENDPOINTS_MAX);
  return {
    what: textOf(fields.what, source, `${name}.what`),
    endpoints: endpoints.map((one, i) => {
      const endpoint = fieldsOf(one, source, `${name}.endpoints[${i}]`);
      return {
        id: textOf(endpoint.id, source, `${name}.endpoints[${i}].id`),
        state: textOf(endpoint.state, source, `${name}.endpoints[${i}].state`),
        inFlight: Number(endpoint.inFlight ?? 0),
      };
    }),
    ...(fields.picked === undefined
      ? {}
      : { picked: textOf(fields.picked, source, `${name}.picked`) }),
  };
}

function checkSteps(value: unknown, source: string): StepFilm {
  const fields = fieldsOf(value, source, 'steps');
  return {
    title: textOf(fields.title, source, 'steps.title'),
    law: textOf(fields.law, source, 'steps.law'),
    steps: listOf(fields.steps, source, 'steps.steps', STEPS_MAX).map((one, i) =>
      checkStep(one, source, i),
    ),
  };
}

/** What a lab without a scenario of its own shows behind a counter-example. */
const PLAIN: RawScenario = {
  name: 'plain',
  title: 'Four equal backends',
  fleet: [
    { id: 'web', count: 4, concurrency: 2, service: { distribution: 'exponential', meanMs: 20 } },
  ],
  load: { kind: 'open', fraction: 0.7, warmupMs: 0, durationMs: 10_000 },
};

/** A page has room for so many backends: each is a row of the picture, and a button. */
const BACKENDS_MAX = 256;

function checkSize({ fleet }: Scenario, source: string): void {
  const size = fleet.reduce((sum, { count }) => sum + count, 0);
  if (size <= BACKENDS_MAX) return;
  fail(source, `scenario: fleet must have at most ${BACKENDS_MAX} backends in a lab`, size);
}

/**
 * Checks what came from a file or an address.
 * @throws {LabFileError} about the first thing that is wrong
 * @throws {ScenarioError} about the scenario, in the words of its schema
 */
export function checkLabFile(input: unknown, source: string): LabFile {
  const fields = fieldsOf(input, source, 'the file');
  const { schema, atMs = 0, speed } = fields;
  if (schema !== LAB_SCHEMA) fail(source, `schema must be ${LAB_SCHEMA}`, schema);
  const steps = fields.steps === undefined ? undefined : checkSteps(fields.steps, source);
  const scenario = fields.scenario === undefined && steps ? PLAIN : fields.scenario;
  const raw = fieldsOf(scenario, source, 'scenario');
  checkSize(checkScenario(raw, `${source}: scenario`), source);
  const named = listOf(fields.strategies ?? ['round-robin'], source, 'strategies', WORLDS_MAX);
  for (const [i, one] of named.entries()) {
    const world = checkWorld(one, source, i);
    checkScenario(rawScenarioOf({ scenario: raw }, world), `${source}: strategies[${i}]`);
  }
  if (named.length === 0) fail(source, 'strategies must name at least one', named);
  if (typeof atMs !== 'number' || !(atMs >= 0)) fail(source, 'atMs must be a time ≥ 0', atMs);
  const isSpeed = typeof speed === 'number' && speed > 0 && speed <= SPEED_MAX;
  if (speed !== undefined && !isSpeed)
    fail(source, `speed must be above 0, up to ${SPEED_MAX}`, speed);
  return {
    schema: LAB_SCHEMA,
    scenario: raw,
    strategies: named.map((one, i) => checkWorld(one, source, i)),
    atMs,
    ...(isSpeed && { speed }),
    ...(fields.note === undefined ? {} : { note: textOf(fields.note, source, 'note') }),
    ...(steps && { steps }),
  };
}

/** The scenario of one world, as it would stand in a file. */
export function rawScenarioOf(
  { scenario }: Pick<LabFile, 'scenario'>,
  world: LabWorld,
): RawScenario {
  if (typeof world === 'string' || !('lb' in world)) return scenario;
  return { ...scenario, lb: { ...(scenario.lb as RawScenario | undefined), ...world.lb } };
}

/** The scenario of one world with its defaults. */
export function scenarioOf(file: Pick<LabFile, 'scenario'>, world: LabWorld): Scenario {
  return checkScenario(rawScenarioOf(file, world), 'the scenario');
}

/** The strategy of a world by name; undefined for one of the user's own. */
export function strategyOf(world: LabWorld): string | undefined {
  if (typeof world === 'string') return world;
  return 'strategy' in world ? world.strategy : undefined;
}

/** What a world is called. */
export function labelOf(world: LabWorld): string {
  if (typeof world === 'string') return world;
  return 'label' in world ? world.label : world.name;
}
