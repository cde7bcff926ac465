/** A configuration file, read; and configurations laid over each other. */

import { readFileSync } from 'node:fs';
import type { ConfigFile } from '@evenkeel/config';
import { parseDocument } from 'yaml';
import { ConfigError } from './error.ts';
import { parseConfig } from './parse.ts';

const FILE_BYTES_MAX = 8 * 1024 * 1024;

/**
 * Reads YAML or JSON (every JSON text is YAML).
 * @throws {ConfigError} if the file cannot be read, or about the first thing wrong with it
 */
export function loadConfigFile(path: string): ConfigFile {
  return parseConfig(parseYaml(readText(path), path) ?? {});
}

function readText(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`config: cannot read ${path}: ${reasonOf(error)}`);
  }
  if (text.length <= FILE_BYTES_MAX) return text;
  throw new ConfigError(`config: ${path} must be at most ${FILE_BYTES_MAX} octets long`);
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EISDIR') return 'it is a directory';
  if (code === 'EACCES') return 'permission denied';
  return code ?? String(error);
}

function parseYaml(text: string, path: string): unknown {
  const document = parseDocument(text, { prettyErrors: false });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const before = text.slice(0, problem.pos[0]);
    const line = before.split('\n').length;
    const what = problem.message.split('\n', 1)[0] ?? '';
    throw new ConfigError(`config: ${path}:${line}: not valid YAML: ${what}`);
  }
  try {
    return document.toJS();
  } catch (error) {
    throw new ConfigError(`config: ${path}: not valid YAML: ${(error as Error).message}`);
  }
}

/** Sections in which a layer replaces single keys; everything else it replaces whole. */
const MERGED = ['listen', 'health', 'timeouts', 'limits', 'forwarding', 'admin', 'log'] as const;

/** Later layers win over earlier ones. */
export function overlaid(...layers: readonly ConfigFile[]): ConfigFile {
  const result: Record<string, unknown> = {};
  for (const layer of layers) {
    const below = { ...result };
    Object.assign(result, layer);
    for (const section of MERGED) {
      const [lower, upper] = [below[section], layer[section]];
      if (typeof lower === 'object' && typeof upper === 'object') {
        result[section] = { ...lower, ...upper };
      }
    }
  }
  return result;
}
