/** From any value to a `ConfigFile`, or to the one line that says what is wrong with it. */

import type { z } from 'zod';
import { ConfigError, quoted } from './error.ts';
import { configFile } from './schema.ts';
import type { ConfigFile } from './types.ts';

/** Where a value stands in a configuration: `['backends', 1, 'url']`. */
export type Path = readonly PropertyKey[];

/** What the user calls the value at a path: `config: backends[1].url`, `--port`. */
export type Label = (path: Path) => string;

/** Names of values that stand in a configuration file. */
const inFile: Label = (path) => `config: ${joined(path)}`;

/**
 * Checks the form of a configuration.
 * @throws {ConfigError} about the first thing that is wrong
 */
export function parseConfig(value: unknown, label: Label = inFile): ConfigFile {
  return checked(configFile, value, label);
}

/**
 * Checks any value against a schema.
 * @throws {ConfigError} about the first thing that is wrong
 */
export function checked<T>(schema: z.ZodType<T>, value: unknown, label: Label = joined): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw issue === undefined ? parsed.error : described(issue, value, label);
}

function described(issue: z.core.$ZodIssue, root: unknown, label: Label): ConfigError {
  const value = valueAt(root, issue.path);
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input') {
    // Short form or long form: the value itself says which of the two was meant.
    const branch = isMapping(value) ? issue.errors.at(-1) : issue.errors[0];
    const inner = branch?.[0];
    if (inner !== undefined) {
      const path = [...issue.path, ...inner.path];
      return described({ ...inner, path } as z.core.$ZodIssue, root, label);
    }
  }
  if (issue.code === 'unrecognized_keys') {
    return new ConfigError(`${label([...issue.path, issue.keys[0] ?? ''])} ${issue.message}`);
  }
  const subject = issue.path.length === 0 ? label(['the whole']) : label(issue.path);
  return new ConfigError(`${subject} ${issue.message}, got ${quoted(value)}`);
}

function isMapping(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return typeof value === 'object' && value !== null;
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const key of path) value = isMapping(value) ? value[key] : undefined;
  return value;
}

/** `backends[1].url`. */
function joined(path: Path): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else text += text === '' ? String(key) : `.${String(key)}`;
  }
  return text;
}
