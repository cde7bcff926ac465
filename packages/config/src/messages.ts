/**
 * The words in which a wrong value is told: how its place is written, how the value is shown, and
 * what was probably meant. The one definition for configuration files, flags, scenarios and APIs.
 */

import { suggest } from '@evenkeel/core';

/** Where a value stands: `['backends', 1, 'url']`. */
export type Path = readonly PropertyKey[];

/** `backends[1].url`. */
export function joined(path: Path): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else text += text === '' ? String(key) : `.${String(key)}`;
  }
  return text;
}

const SHOWN_LENGTH_MAX = 80;

/** Keys, in small letters, whose values are never shown, wherever they stand: tokens, secrets, fields such as Authorization. */
const SECRET_KEYS: ReadonlySet<PropertyKey> = new Set([
  'token',
  'secret',
  'password',
  'headers',
  'setrequest',
  'addrequest',
  'authorization',
]);

/** Whether what stands at the path must not be repeated in a message. */
export function isSecret(path: Path): boolean {
  return path.some((key) => SECRET_KEYS.has(typeof key === 'string' ? key.toLowerCase() : key));
}

/**
 * A value as it stands in a message: JSON, cut to a length that fits a line. Secrets and the
 * credentials of URLs within it are left out.
 */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  // JSON would call NaN and Infinity null.
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  const text = withoutCredentials(asJson(value) ?? typeof value);
  return text.length <= SHOWN_LENGTH_MAX ? text : `${text.slice(0, SHOWN_LENGTH_MAX)}…`;
}

function asJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, (key, inner) => (isSecret([key]) ? '…' : inner));
  } catch {
    return 'a value that contains itself';
  }
}

/** `http://user:password@host` → `http://…@host`. */
function withoutCredentials(text: string): string {
  return text.replace(/(\/\/)[^/"@\s]*@/g, '$1…@');
}

/** What is said of a value that is none of these words; completed by the value itself. */
export function noneOf(words: readonly string[], value: unknown): string {
  const list = words.join(', ');
  const meant = typeof value === 'string' ? suggest(value, words) : undefined;
  return meant === undefined
    ? `must be one of ${list}`
    : `: did you mean ${shown(meant)}? It must be one of ${list}`;
}

/** What is said of a key that a mapping does not have. */
export function unknownKey(key: string, known: readonly string[]): string {
  const meant = suggest(key, known);
  const hint =
    meant === undefined ? `expected one of ${known.join(', ')}` : `did you mean ${shown(meant)}?`;
  return `is not known: ${hint}`;
}
