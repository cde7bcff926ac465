/** A configuration file, read: its values, and what each of them is called in messages. */

import { closeSync, openSync, readSync } from 'node:fs';
import {
  type ConfigFile,
  checkPart,
  configFile,
  fieldName,
  type Path,
  parseYaml,
  told,
  type Variables,
  type YamlProblem,
} from '@evenkeel/config';
import { ConfigError } from './error.ts';
import type { Layer } from './layers.ts';
import type { Label } from './parse.ts';

/** Room for some ten thousand backends; a larger text takes seconds to read. */
export const FILE_BYTES_MAX: number = 1024 * 1024;

/**
 * Reads YAML or JSON.
 * @param variables what `${NAME}` in the file stands for
 * @throws {ConfigError} if the file cannot be read, or about all that is wrong with it
 */
export function loadConfigFile(path: string, variables: Variables = process.env): ConfigFile {
  const { config, wrong } = fileLayer(path, variables);
  const [first, ...rest] = wrong?.problems ?? [];
  if (first !== undefined) throw new ConfigError(first, ...rest);
  return config;
}

/**
 * As `loadConfigFile`, with the names of the values (`lb.yaml:3:5: backends[1].url`), and with what is
 * wrong beside what is not: so that all of it can be judged.
 * @throws {ConfigError} if nothing of it can be used
 */
export function fileLayer(path: string, variables: Variables): Layer {
  const read = parseYaml(textOf(path), variables);
  if (!('locate' in read)) {
    const [first, ...rest] = read;
    const line = ({ at, message }: YamlProblem): string => `${path}:${at}: ${message}`;
    throw new ConfigError(line(first), ...rest.map(line));
  }
  const label: Label = (place: Path) => {
    const at = read.locate(place);
    return `${path}${at === undefined ? '' : `:${at}`}: ${fieldName(place)}`;
  };
  const { data, problems, removed } = checkPart(configFile, read.value ?? {});
  const lines = problems.map((problem) => told(problem, label(problem.path)));
  if (data === undefined) throw new ConfigError(...(lines as [string, ...string[]]));
  return { config: data, label, wrong: { problems: lines, removed } };
}

/** The text of a small file. @throws {ConfigError} if it cannot be read or is larger than that */
export function textOf(path: string): string {
  let bytes: Buffer;
  try {
    bytes = upTo(path, FILE_BYTES_MAX + 1);
  } catch (error) {
    throw new ConfigError(`config: cannot read ${path}: ${reasonOf(error)}`);
  }
  if (bytes.length <= FILE_BYTES_MAX) return bytes.toString();
  throw new ConfigError(`config: ${path} must be at most ${FILE_BYTES_MAX} bytes long`);
}

/** The beginning of a file, of a pipe, of a device without end. */
function upTo(path: string, size: number): Buffer {
  const buffer = Buffer.allocUnsafe(size);
  const file = openSync(path, 'r');
  try {
    let length = 0;
    for (let read = -1; read !== 0 && length < size; length += read) {
      read = readSync(file, buffer, length, size - length, null);
    }
    return buffer.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EISDIR') return 'it is a directory';
  if (code === 'EACCES') return 'permission denied';
  return code ?? String(error);
}
