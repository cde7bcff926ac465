/** What the two commands take, parsed once from strings into checked values. */

import { readFileSync } from 'node:fs';
import { armOf, isSimulated, parseResults, type Results } from '@evenkeel/report';
import { loadScenario, type Scenario, strategyByName } from '@evenkeel/sim';
import { parseSubjects } from '../subjects/parse.ts';
import type { Subject } from '../subjects/subject.ts';
import { UsageError } from '../usage.ts';

export { UsageError };

/** How subjects are written. */
export const SUBJECT_FORMS =
  'evenkeel, nginx, haproxy, direct, cmd:NAME:COMMAND, url:NAME:URL, policy:NAME:KIND=FILE';

/** A comma-separated list of names from the registry; throws where one is unknown or given twice. */
export function parseStrategies(list: string): string[] {
  const names = list.split(',').map((name) => name.trim());
  for (const [i, name] of names.entries()) {
    strategyByName(name);
    if (names.indexOf(name) !== i) throw new UsageError(`--strategies: "${name}" is given twice`);
  }
  return names;
}

export function parseScenarios(names: readonly string[]): Scenario[] {
  const scenarios = names
    .flatMap((name) => name.split(','))
    .map((name) => loadScenario(name.trim()));
  const seen = new Set<string>();
  for (const { name } of scenarios) {
    if (seen.has(name)) throw new UsageError(`--scenario: "${name}" is given twice`);
    seen.add(name);
  }
  return scenarios;
}

/** Throws where a scenario's load is a closed loop, which `flag` cannot use. */
export function requireOpen(flag: string, scenarios: readonly Scenario[]): void {
  const closed = scenarios.find(({ load }) => load.kind === 'closed');
  if (closed === undefined) return;
  throw new UsageError(`${flag}: expected scenarios of kind open, got closed (${closed.name})`);
}

export function parseSubjectList(list: string): Subject[] {
  return parseSubjects(list);
}

/** Throws unless `text` is a whole number in [min, max]. */
export function parseWhole(flag: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < min || value > max) {
    throw new UsageError(`${flag}: expected a whole number from ${min} to ${max}, got "${text}"`);
  }
  return value;
}

/** Throws unless `text` is a number in (above, max]. */
export function parseNumber(flag: string, text: string, above: number, max: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > above && value <= max)) {
    throw new UsageError(`${flag}: expected a number above ${above} up to ${max}, got "${text}"`);
  }
  return value;
}

/** URLs separated by `,` or `;`, each `http://host:port` alone. */
export function parseBackends(list: string): string[] {
  const urls = list
    .split(/[,;]/)
    .map((url) => url.trim())
    .filter((url) => url !== '');
  if (urls.length === 0) throw new UsageError('--backends: expected at least one URL, got ""');
  return urls.map((text) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    const plain =
      url !== null && url.protocol === 'http:' && url.pathname === '/' && url.search === '';
    if (url === null || !plain || url.username !== '') {
      throw new UsageError(`--backends: expected http://host:port, got "${text}"`);
    }
    return url.origin;
  });
}

/** Throws where a subject runs over backends of its own, which no fault of ours can reach. */
export function requireFaultable(subjects: readonly Subject[], got: string): void {
  const other = subjects.find(({ isElsewhere }) => isElsewhere);
  if (other === undefined) return;
  throw new UsageError(
    `--subjects url:${other.name}: expected a scenario without faults, got ${got}`,
  );
}

/** As `requireFaultable`, for the faults of scenarios. */
export function requireFaultless(
  subjects: readonly Subject[],
  scenarios: readonly Scenario[],
): void {
  const faulty = scenarios.find(({ faults }) => faults.length > 0);
  if (faulty !== undefined) requireFaultable(subjects, faulty.name);
}

/** Throws where a run of these arms has nothing in common with a baseline. */
export function requireMatch(
  { runs }: Results,
  scenarios: readonly string[],
  arms: readonly string[],
): void {
  const matches = runs.some(
    (run) => scenarios.includes(run.scenario) && arms.includes(armOf(run)) && !isSimulated(run),
  );
  if (matches) return;
  const asked = `${arms.join(', ')} in ${scenarios.join(', ') || 'a scenario without faults'}`;
  throw new UsageError(`--baseline: expected a run of ${asked}, got none`);
}

/** An earlier results.json; `what` names the flag or argument that it was given by. */
export function readResults(what: string, file: string): Results {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`${what}: expected a file that can be read, got "${file}"`);
  }
  try {
    return parseResults(JSON.parse(text));
  } catch (error) {
    // A parser quotes the text that it stumbled over, line ends and all.
    const why = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ');
    throw new UsageError(`${what}: expected a results.json, got "${file}" (${why})`);
  }
}

/** Whether `compare A B` names saved results; throws where only one of the two does. */
export function isPairOfFiles([a, b]: readonly [string, string]): boolean {
  const [first, second] = [a, b].map((text) => text.endsWith('.json'));
  if (first === second) return first === true;
  throw new UsageError(`bench compare: expected two arms or two files, got "${a}" and "${b}"`);
}

/** `compare A B` in words, or nothing at all. */
export function parsePair(
  word: string | undefined,
  a: string | undefined,
  b: string | undefined,
): readonly [string, string] | null {
  if (word === undefined) return null;
  if (word === 'compare' && a !== undefined && b !== undefined) return [a, b];
  const given = [word, a, b].filter((part) => part !== undefined).join(' ');
  throw new UsageError(`bench: expected "compare A B" or flags alone, got "${given}"`);
}
