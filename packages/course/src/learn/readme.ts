/** What `learn` shows of an exercise's README: its hints, tier by tier. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The texts of `<details><summary>Hint N</summary> … </details>`, in order. */
export function hintsOf(folder: string): string[] {
  const text = readFileSync(join(folder, 'README.md'), 'utf8');
  const found = text.matchAll(
    /<details>\s*<summary>Hint \d[^<]*<\/summary>\s*([\s\S]*?)\s*<\/details>/g,
  );
  return [...found].map((match) => match[1] ?? '');
}
