/** From any value to a `ConfigFile`, or to lines that say what is wrong with it. */

import type { ConfigFile } from '@evenkeel/config';
import { check, configFile, fieldName, type Path, told } from '@evenkeel/config';
import type { z } from 'zod';
import { ConfigError } from './error.ts';

/** What the user calls the value at a path: `config: backends[1].url`, `--port`. */
export type Label = (path: Path) => string;

/** Names of values that stand in a configuration. */
export const inConfig: Label = (path) => `config: ${fieldName(path)}`;

/**
 * Checks the form of a configuration.
 * @throws {ConfigError} about all that is wrong
 */
export function parseConfig(value: unknown, label: Label = inConfig): ConfigFile {
  return checked(configFile, value, label);
}

/**
 * Checks any value against a schema.
 * @throws {ConfigError} about all that is wrong
 */
export function checked<T>(schema: z.ZodType<T>, value: unknown, label: Label = fieldName): T {
  const { data, problems } = check(schema, value);
  if (problems === undefined) return data;
  const [first, ...rest] = problems;
  const line = (problem: typeof first): string => told(problem, label(problem.path));
  throw new ConfigError(line(first), ...rest.map(line));
}
