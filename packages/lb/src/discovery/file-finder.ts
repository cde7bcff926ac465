/**
 * Backends in a file: a list as under `backends`, in YAML or JSON, read again whenever something happens in
 * its folder. A file that is being written must not be taken for a shorter list: it is read once it has
 * stood still for a moment, and a list of lines has to end with the end of a line.
 */

import { constants, watch } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BackendFile,
  type BackendSettings,
  backendList,
  check,
  fieldName,
  type Mode,
  parseYaml,
  told,
} from '@evenkeel/config';
import { ConfigError } from '../config/error.ts';
import { FILE_BYTES_MAX } from '../config/load.ts';
import { resolveBackend } from '../config/resolve.ts';
import type { Backend } from '../config/types.ts';
import { DiscoveryError, type Finder, type Found } from './finder.ts';

/** So long a file has to stay as it is before it is believed. */
const STILL_MS = 50;
/** After that many looks at a file that never stands still, it is read the next time. */
const LOOKS_MAX = 20;

/** `file:///path`. */
export function fileFinder(
  path: string,
  mode: Mode = 'http',
  settings: BackendSettings = {},
): Finder {
  return {
    async find(): Promise<Found> {
      const backends = backendsIn(await settledText(path), mode, settings);
      if (backends.length === 0) throw new DiscoveryError('empty', `${path} names no backend`);
      return { backends, ttlMs: Number.POSITIVE_INFINITY };
    },
    // The folder, because editors, `mv` and Kubernetes put another file in the place of the old one.
    watch: (changed) => watched(path, changed),
  };
}

function watched(path: string, changed: () => void): () => void {
  // Kubernetes exchanges the link `..data`, through which the file is reached.
  const names: readonly (string | null)[] = [basename(path), '..data', null];
  try {
    const watcher = watch(dirname(path), { persistent: false }, (_, name) => {
      if (names.includes(name)) changed();
    });
    // The folder has gone: the file is still looked for at intervals.
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => {};
  }
}

/** @throws {DiscoveryError} `unreadable`, or `partial` if it does not stand still */
async function settledText(path: string): Promise<string> {
  let before: string | undefined;
  for (let look = 0; look < LOOKS_MAX; look++) {
    const text = await textOf(path);
    if (text === before) return text;
    before = text;
    await sleep(STILL_MS, undefined, { ref: false });
  }
  throw new DiscoveryError('partial', `${path} is being written all the time`);
}

async function textOf(path: string): Promise<string> {
  let file: FileHandle | undefined;
  try {
    // A named pipe without a writer would be waited for.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!(await file.stat()).isFile())
      throw new DiscoveryError('unreadable', `${path} is no regular file`);
    const buffer = Buffer.allocUnsafe(FILE_BYTES_MAX + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    if (bytesRead <= FILE_BYTES_MAX) return buffer.toString('utf8', 0, bytesRead);
    throw new DiscoveryError('invalid', `${path} must be at most ${FILE_BYTES_MAX} bytes long`);
  } catch (error) {
    if (error instanceof DiscoveryError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new DiscoveryError(
      'unreadable',
      `cannot read ${path}: ${code === 'ENOENT' ? 'no such file' : code}`,
    );
  } finally {
    await file?.close();
  }
}

/** @throws {DiscoveryError} `invalid` if it is for another mode */
function inMode(written: BackendFile, mode: Mode): Backend {
  try {
    return resolveBackend(written, mode);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new DiscoveryError('invalid', error.message);
  }
}

/** @throws {DiscoveryError} `empty`, `partial` or `invalid` */
function backendsIn(text: string, mode: Mode, settings: BackendSettings): Backend[] {
  if (text.trim() === '') throw new DiscoveryError('empty', 'the file is empty');
  if (!/[\]\n]\s*$/.test(text)) {
    throw new DiscoveryError('partial', 'the file ends within a line: it may be half written');
  }
  const read = parseYaml(text);
  if (!('locate' in read)) throw new DiscoveryError('invalid', `${read[0].at}: ${read[0].message}`);
  const { data, problems } = check(backendList, read.value ?? []);
  if (problems !== undefined) {
    const [first] = problems;
    const at = read.locate(first.path) ?? '1:1';
    throw new DiscoveryError('invalid', `${at}: ${told(first, fieldName(first.path))}`);
  }
  const backends = data.map((one) => {
    const own = typeof one === 'string' ? { url: one } : one;
    return inMode({ ...settings, ...own }, mode);
  });
  const ids = new Set<string>();
  for (const { id } of backends) {
    if (ids.has(id)) throw new DiscoveryError('invalid', `id ${id} is given twice`);
    ids.add(id);
  }
  return backends;
}
