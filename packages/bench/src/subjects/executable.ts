/** Looks for a program as a shell would, and where Debian keeps servers. */

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const ALSO = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'];

/** The program's path, or null when it is not installed. */
export function findExecutable(name: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...ALSO];
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here.
    }
  }
  return null;
}
