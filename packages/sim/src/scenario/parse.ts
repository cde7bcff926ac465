/**
 * Reads a scenario from YAML (or JSON, which YAML contains). A file is either right and becomes a
 * frozen `Scenario`, or earns one line that names file, field, value and what was expected.
 */

import { check, fieldName, type Problem, parseYaml, told, wrong } from '@evenkeel/config';
import { contradictions } from './contradictions.ts';
import { scenarioSchema } from './schema.ts';
import type { Scenario } from './types.ts';

/** A scenario that cannot be used; the message is one line, fit for a user. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

/**
 * Checks a scenario that is already an object.
 * @param source names it in errors, e.g. the file
 * @throws {ScenarioError} one line about the first thing that is wrong
 */
export function checkScenario(input: unknown, source: string): Scenario {
  const { data, problems } = check(scenarioSchema, input);
  if (problems !== undefined) throw scenarioError(problems[0], source);
  const [contradiction] = contradictions(data);
  if (contradiction === undefined) return deepFreeze(data);
  const { path, message, value } = contradiction;
  throw scenarioError(wrong(path, message, value), source);
}

function scenarioError(problem: Problem, source: string): ScenarioError {
  const field = problem.path.length === 0 ? 'the scenario' : fieldName(problem.path);
  return new ScenarioError(`${source}: ${told(problem, field)}`);
}

/** As `checkScenario`, from text. */
export function parseScenario(text: string, source: string): Scenario {
  const read = parseYaml(text);
  if ('locate' in read) return checkScenario(read.value, source);
  const [{ at, message }] = read;
  throw new ScenarioError(`${source}: line ${at.split(':')[0]}: ${message}`);
}
