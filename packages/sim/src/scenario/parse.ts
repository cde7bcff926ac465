/**
 * Reads a scenario from YAML (or JSON, which YAML contains). A file is either right and becomes a
 * frozen `Scenario`, or earns one line that names file, field, value and what was expected.
 */

import { parseDocument } from 'yaml';
import { contradictions } from './contradictions.ts';
import { scenarioSchema } from './schema.ts';
import type { Scenario } from './types.ts';

/** A scenario that cannot be used; the message is one line, fit for a user. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

const VALUE_CHARACTERS_MAX = 60;

/** `['fleet', 0, 'count']` → `fleet[0].count`. */
function dotted(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i > 0 ? '.' : ''}${String(key)}`))
    .join('');
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const json = JSON.stringify(value) ?? String(value);
  return json.length > VALUE_CHARACTERS_MAX ? `${json.slice(0, VALUE_CHARACTERS_MAX)}…` : json;
}

/** What is wrong, where; `code` is zod's. */
interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly code?: string;
}

/** `fleet[0].count must be an integer ≥ 1, got 0`. */
function complaint({ path, message, code }: Issue, input: unknown): string {
  const field = dotted(path) || 'the scenario';
  if (code === 'unrecognized_keys') return `${field} ${message}`;
  return `${field} ${message}, got ${shown(valueAt(input, path))}`;
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
  const result = scenarioSchema.safeParse(input);
  const issue = result.success ? contradictions(result.data)[0] : result.error.issues[0];
  if (result.success && issue === undefined) return deepFreeze(result.data);
  throw new ScenarioError(`${source}: ${issue ? complaint(issue, input) : 'is not a scenario'}`);
}

/** As `checkScenario`, from text. */
export function parseScenario(text: string, source: string): Scenario {
  const document = parseDocument(text);
  const problem = document.errors[0];
  if (problem) {
    const line = problem.linePos?.[0].line ?? 1;
    const what = problem.message.split(/ at line |\n/)[0];
    throw new ScenarioError(`${source}: line ${line}: ${what}`);
  }
  return checkScenario(document.toJS({ maxAliasCount: 100 }), source);
}
