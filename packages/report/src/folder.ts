/** Makes the folder of a report. */

import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it, where they are missing. Node's own recursive form goes round for ever in a
 * file system that answers ENOENT whatever is asked for, such as /proc.
 * @returns those that were missing, the outermost first
 * @throws as `mkdirSync` does; also where a file stands in the way
 */
export function makeFolder(folder: string): readonly string[] {
  const missing: string[] = [];
  for (let at = resolve(folder); !isFolder(at); at = dirname(at)) missing.unshift(at);
  for (const one of missing) {
    try {
      mkdirSync(one);
    } catch (error) {
      if (!isFolder(one)) throw error; // Else another program was first.
    }
  }
  return missing;
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
