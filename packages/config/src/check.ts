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

/** What of a value can be used, without what is wrong. */
export interface CheckedPart<T> {
  /** Absent where nothing is left that could be used. */
  readonly data?: T;
  readonly problems: readonly Problem[];
  /** What was left out, so that its absence is not complained of. */
  readonly removed: readonly Path[];
}

/** Leaving something out may uncover a problem around it. */
const ROUNDS_MAX = 4;

/** As `check`, but what is in order is still read, so that it can be judged too. */
export function checkPart<T>(schema: z.ZodType<T>, value: unknown): CheckedPart<T> {
  const problems: Problem[] = [];
  const removed: Path[] = [];
  let rest = value;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const { data, problems: found } = check(schema, rest);
    if (found === undefined) return { data, problems, removed };
    if (round === 0) rest = structuredClone(value);
    // What was left out in this round hides none of what was found in it: items of one list, for example.
    const before = [...removed];
    for (const problem of found) {
      const isNew = !before.some((path) => isRelated(path, problem.path));
      if (isNew) problems.push(problem);
      if (removed.some((path) => isWithin(problem.path, path))) continue;
      const path = remove(rest, problem.path);
      if (path.length === 0) return { problems, removed };
      removed.push(path);
    }
  }
  return { problems, removed };
}

/** One of the two stands within the other. */
export function isRelated(a: Path, b: Path): boolean {
  return a.slice(0, b.length).every((key, i) => key === b[i]);
}

function isWithin(path: Path, outer: Path): boolean {
  return outer.length <= path.length && isRelated(path, outer);
}

/** @returns what was removed: the value, or the nearest thing around it that can be left out */
function remove(root: unknown, path: Path): Path {
  const around = path.slice(0, -1);
  const parent = valueAt(root, around);
  const key = path.at(-1);
  if (key === undefined) return [];
  // The items after one that was left out would have other places than in the text.
  if (!isMapping(parent) || Array.isArray(parent) || !Object.hasOwn(parent, key)) {
    return remove(root, around);
  }
  delete (parent as Record<PropertyKey, unknown>)[key];
  return path;
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
    // Short form or long form: the value's own kind says which of them was meant.
    const branch = issue.errors.find((errors) => !errors.some(isOtherKind)) ?? issue.errors[0];
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

/** The value is not even of the kind that this form has: no mapping, not the word `off`. */
function isOtherKind({ code, path }: z.core.$ZodIssue): boolean {
  return (code === 'invalid_type' || code === 'invalid_value') && path.length === 0;
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

/** Why a value is refused before its content is looked at; aliases count where they stand. */
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
