/** Finds scenario files on disk: the one part of the schema that needs Node. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseScenario, ScenarioError } from './parse.ts';
import type { Scenario } from './types.ts';

/** The library of scenarios that comes with the project. */
export const SCENARIO_FOLDER: string = fileURLToPath(
  new URL('../../../../scenarios/', import.meta.url),
);

/** Names of the library's scenarios, sorted. */
export function scenarioNames(): string[] {
  return readdirSync(SCENARIO_FOLDER)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => basename(file, '.yaml'))
    .sort();
}

/** Where a scenario of that name is, or the file itself. */
function placeOf(nameOrFile: string): string {
  const file = /^[\w.-]+$/.test(nameOrFile) ? join(SCENARIO_FOLDER, `${nameOrFile}.yaml`) : '';
  const found = [file, nameOrFile].find((path) => path !== '' && existsSync(path));
  if (found !== undefined) return found;
  throw new ScenarioError(
    `scenario must be a file or one of ${scenarioNames().join(', ')}, got ${JSON.stringify(nameOrFile)}`,
  );
}

/**
 * The text of a scenario, by the name of one in the library, or by file.
 * @throws {ScenarioError} if there is none, or it cannot be read
 */
export function scenarioText(nameOrFile: string): string {
  try {
    return readFileSync(placeOf(nameOrFile), 'utf8');
  } catch (cause) {
    if (cause instanceof ScenarioError) throw cause;
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new ScenarioError(`${nameOrFile}: cannot be read (${why})`, { cause });
  }
}

/**
 * Reads a scenario, as `scenarioText` finds it.
 * @throws {ScenarioError} if there is none, or it is not in order
 */
export function loadScenario(nameOrFile: string): Scenario {
  const text = scenarioText(nameOrFile);
  const found = placeOf(nameOrFile);
  return parseScenario(text, found === nameOrFile ? nameOrFile : relative(process.cwd(), found));
}
