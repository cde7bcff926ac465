/**
 * From any value and a schema to what the value says, or to all that is wrong with it, each with its
 * place. The work is linear in the value, and what is absurdly large or deep is refused first.
 */

import type { z } from 'zod';
import { isSecret, joined, type Path, shown } from './messages.ts';

/** One thing that is wrong. */
export interface Problem {
  readonly path: Path;
  /** Follows the name of the place: `must be …, got 5`, `is not known: …`, `: did you mean …?`. */
  readonly message: string;
}

/** What a check found; `data` is there exactly if there are no problems. */
export type Checked<T> =
  | { readonly data: T; readonly problems?: undefined }
  | { readonly data?: undefined; readonly problems: readonly [Problem, ...Problem[]] };

/** Problems told of one value; a file full of them is not helped by more. */
export const PROBLEMS_MAX = 20;
/** Values in a configuration, mappings and lists included: room for some ten thousand backends. */
export const VALUES_MAX = 100_000;
/** No key of any schema lies deeper; only the options of strategies could. */
export const DEPTH_MAX = 32;

/** Checks a value. At most `PROBLEMS_MAX` problems are told. */
export function check<T>(schema: z.ZodType<T>, value: unknown): Checked<T> {
  const excess = excessOf(value);
  if (excess !== undefined) return { problems: [{ path: [], message: excess }] };
  const parsed = schema.safeParse(value);
  if (parsed.success) return { data: parsed.data };
  const problems: Problem[] = [];
  for (const issue of parsed.error.issues) {
    if (problems.length >= PROBLEMS_MAX) break;
    problems.push(...problemsOf(issue, value));
  }
  const [first, ...rest] = problems.slice(0, PROBLEMS_MAX);
  if (first === undefined) throw parsed.error;
  return { problems: [first, ...rest] };
}

/** A problem in one line, `field` being what the user calls its place. */
export function told({ message }: Problem, field: string): string {
  return message.startsWith(':') ? `${field}${message}` : `${field} ${message}`;
}

/** `must be …, got 5`: what was expected at the path, and what stands there, unless it is secret. */
export function wrong(path: Path, expected: string, value: unknown): Problem {
  const message = isSecret(path) ? expected : `${expected}, got ${shown(value)}`;
  return { path, message };
}

function problemsOf(issue: z.core.$ZodIssue, root: unknown): Problem[] {
  const value = valueAt(root, issue.path);
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input') {
    // Short form or long form: the value itself says which of the two was meant.
    const branch = isMapping(value) ? issue.errors.at(-1) : issue.errors[0];
    return (branch ?? []).flatMap((inner) =>
      problemsOf({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue, root),
    );
  }
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n');
    return messages.map((message, i) => ({
      path: [...issue.path, issue.keys[i] ?? ''],
      message,
    }));
  }
  return [wrong(issue.path, issue.message, value)];
}

function isMapping(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return typeof value === 'object' && value !== null;
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const key of path) {
    value = isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

/** Why a value is refused before anybody looks at what it says; aliases count where they stand. */
function excessOf(root: unknown): string | undefined {
  let left = VALUES_MAX;
  /** Iterators of the mappings and lists that are open, outermost first. */
  const open: Iterator<unknown>[] = [];
  let value = root;
  for (;;) {
    if (--left < 0) return `must have at most ${VALUES_MAX} values`;
    if (isMapping(value)) {
      if (Object.hasOwn(value, '__proto__')) return 'must not have the key __proto__';
      // Whatever contains itself is deeper than any limit.
      if (open.length >= DEPTH_MAX) return `must be nested at most ${DEPTH_MAX} deep`;
      open.push(Object.values(value)[Symbol.iterator]());
    }
    let next = open.at(-1)?.next();
    while (next?.done === true) {
      open.pop();
      next = open.at(-1)?.next();
    }
    if (next === undefined) return undefined;
    value = next.value;
  }
}

/** What the user calls a place, where the whole has no name of its own. */
export function fieldName(path: Path): string {
  return path.length === 0 ? 'the whole' : joined(path);
}
