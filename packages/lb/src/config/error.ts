/**
 * What is wrong with the configuration, in one line fit for a user: which field, what was expected,
 * and what stood there. Nothing in it is meant for a debugger, so it is shown without a stack.
 */

/** A configuration that cannot be used. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const SHOWN_LENGTH_MAX = 80;

/** A value as it is quoted in a message: JSON, cut to a length that fits a line. */
export function quoted(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= SHOWN_LENGTH_MAX ? text : `${text.slice(0, SHOWN_LENGTH_MAX)}…`;
}

/** Typing errors in a name of n letters that still count as that name: a third of them. */
const TYPO_SHARE = 3;

/** The known name that was most likely meant, or undefined if none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let best = Math.ceil(name.length / TYPO_SHARE);
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance > best || (distance === best && nearest !== undefined)) continue;
    best = distance;
    nearest = candidate;
  }
  return nearest;
}

/** Insertions, deletions and replacements that turn one word into the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
