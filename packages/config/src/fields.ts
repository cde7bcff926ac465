/**
 * The kinds of value that a configuration is made of. Each says what it expects in one phrase,
 * whatever is wrong with the value, and a mapping knows the names of its keys, so that a mistyped
 * one is answered with the right one.
 */

import { z } from 'zod';
import { parseBackendUrl } from './address.ts';
import { PROBLEMS_MAX } from './check.ts';
import { noneOf, unknownKey } from './messages.ts';
import { parseStatusRange } from './statuses.ts';
import { parseDuration, parseSize } from './units.ts';

type Shape = Readonly<Record<string, z.ZodType>>;

/** A mapping with these keys and no others. */
export function mapping<S extends Shape>(shape: S): z.ZodObject<S, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    // One line for each key: check.ts tells them apart.
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys
            .slice(0, PROBLEMS_MAX)
            .map((key) => unknownKey(key, known))
            .join('\n')
        : 'must be a mapping',
  });
}

/** A mapping from names of the user's choice. */
export function named<T extends z.ZodType>(value: T): z.ZodRecord<z.ZodString, T> {
  return z.record(name(), value, { error: 'must be a mapping of names' });
}

/** A list of `min` to `max` items. */
export function list<T extends z.ZodType>(value: T, min = 0, max = 20_000): z.ZodArray<T> {
  const error = `must be a list of ${min} to ${max} items`;
  return z.array(value, { error }).min(min, { error }).max(max, { error });
}

/** A whole number in a range, both ends included. */
export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): z.ZodInt {
  const error = `must be an integer ${rangeText(min, max, Number.MAX_SAFE_INTEGER)}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** A number in a range, both ends included. */
export function decimal(min: number, max: number = Number.MAX_VALUE): z.ZodNumber {
  const error = `must be a number ${rangeText(min, max, Number.MAX_VALUE)}`;
  return z.number({ error }).min(min, { error }).max(max, { error });
}

function rangeText(min: number, max: number, unlimited: number): string {
  return max === unlimited ? `≥ ${min}` : `from ${min} to ${max}`;
}

/** A number > `min`. */
export function above(min = 0): z.ZodNumber {
  const error = `must be a number > ${min}`;
  return z.number({ error }).gt(min, { error });
}

/** Timers in Node hold 31 bits of milliseconds. */
const MS_MAX = 0x7fff_ffff;

/** A time in whole milliseconds, or with its unit; `min` 0 where 0 means "off" or "at once". */
export function milliseconds(min = 1): z.ZodType<number> {
  const error = `must be milliseconds from ${min} to ${MS_MAX}, or a time such as 500ms or 30s`;
  return withUnit(parseDuration, z.int({ error }).min(min, { error }).max(MS_MAX, { error }));
}

/** A time in milliseconds, fractions allowed, or with its unit. */
export function time(min: number, max: number): z.ZodType<number> {
  const error = `must be milliseconds from ${min} to ${max}, or a time such as 500ms or 30s`;
  return withUnit(parseDuration, z.number({ error }).min(min, { error }).max(max, { error }));
}

/** A number of bytes, or a size with its unit. */
export function bytes(min: number, max: number = Number.MAX_SAFE_INTEGER): z.ZodType<number> {
  const range = rangeText(min, max, Number.MAX_SAFE_INTEGER);
  const error = `must be bytes ${range}, or a size such as 64KB or 10MB`;
  return withUnit(parseSize, z.int({ error }).min(min, { error }).max(max, { error }));
}

/** A number that may be written as text. */
function withUnit(
  parse: (text: string) => number | undefined,
  number: z.ZodType<number>,
): z.ZodType<number> {
  const read = (value: unknown): unknown =>
    typeof value === 'string' ? (parse(value) ?? value) : value;
  return z.preprocess(read, number);
}

export function flag(): z.ZodBoolean {
  return z.boolean({ error: 'must be true or false' });
}

/** One of these words. */
export function oneOf<const T extends readonly string[]>(
  words: T,
): z.ZodEnum<{ [W in T[number]]: W }> {
  return z.enum(words, { error: ({ input }) => noneOf(words, input) });
}

/** The error of a union told apart by `key`: not a mapping, or none of the known words. */
export function unknownVariant(words: readonly string[], key: string): z.core.$ZodErrorMap {
  return (issue) => {
    if (issue.code !== 'invalid_union') return 'must be a mapping';
    return noneOf(words, (issue.input as Record<string, unknown>)[key]);
  };
}

/** Text that matches; `expected` completes "must be …". */
export function text(pattern: RegExp, expected: string): z.ZodString {
  const error = `must be ${expected}`;
  return z.string({ error }).regex(pattern, { error });
}

/** A secret; one of digits alone is a number to YAML, and meant as text. */
export function secret(pattern: RegExp, expected: string): z.ZodType<string> {
  const read = (value: unknown): unknown => (typeof value === 'number' ? String(value) : value);
  return z.preprocess(read, text(pattern, expected));
}

/** Some text on one line; `what` says what it is for. */
export function nonEmpty(what: string): z.ZodString {
  return text(/^[^\0\r\n]{1,4096}$/, what);
}

/** An id or a service's name: it stands in URLs, metrics labels and logs. */
export function name(): z.ZodString {
  return text(/^[\w.:[\]-]{1,128}$/, 'a name of letters, digits and . : _ - [ ]');
}

/** A token of HTTP (RFC 9110 5.6.2): the name of a field, a cookie or a protocol. */
export function token(what: string): z.ZodString {
  return text(/^[!#$%&'*+.^_`|~\w-]{1,128}$/, what);
}

/** The path that a request asks for. */
export function path(): z.ZodString {
  return text(/^\/[\x21-\x7e]{0,2047}$/, 'a path that starts with /');
}

/** Statuses and ranges of statuses. */
export function statuses(): z.ZodArray<z.ZodUnion<readonly [z.ZodNumber, z.ZodString]>> {
  const error = 'must be a status from 100 to 599 or a range such as 502-504';
  const written = z.union([z.number(), z.string()], { error });
  const isRange = (value: number | string): boolean => parseStatusRange(value) !== undefined;
  return list(written.refine(isRange, { error }), 1, 100);
}

const BACKEND_EXPECTED = 'must be http://host:port, tcp://host:port or unix:/path';

/** The URL of a backend, checked here, taken apart where it is used. */
export function backendUrl(): z.ZodString {
  const error = BACKEND_EXPECTED;
  return z.string({ error }).refine((value) => 'port' in parseBackendUrl(value), {
    error: (issue) => {
      const parsed = parseBackendUrl(String(issue.input));
      if ('port' in parsed) return BACKEND_EXPECTED;
      const { expected = BACKEND_EXPECTED, reason } = parsed;
      return reason === undefined ? expected : `${expected} (${reason})`;
    },
  });
}

/** Words for what is switched off; YAML's own `false` is one. */
const OFF: ReadonlySet<unknown> = new Set([false, 'off', 'false', 'no', 'none']);

/** `off` for every word that means it; any other value as it is. */
export function normalizedOff(value: unknown): unknown {
  return OFF.has(typeof value === 'string' ? value.toLowerCase() : value) ? 'off' : value;
}

/** What may be switched off: `health: off`. */
export function orOff<T>(long: z.ZodType<T>, what = 'a mapping'): z.ZodType<T | 'off'> {
  const off = z.literal('off', { error: `must be off or ${what}` });
  return z.preprocess(normalizedOff, z.union([off, long]));
}
