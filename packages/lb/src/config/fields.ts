/**
 * The kinds of value that a configuration is made of. Each says what it expects in one phrase,
 * whatever is wrong with the value, and a mapping knows the names of its keys, so that a mistyped
 * one is answered with the right one.
 */

import { suggest } from '@evenkeel/core';
import { z } from 'zod';
import { parseBackendUrl } from './address.ts';
import { quoted } from './error.ts';

type Shape = Readonly<Record<string, z.ZodType>>;

/** A mapping with these keys and no others. */
export function mapping<S extends Shape>(shape: S): z.ZodObject<S, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return 'must be a mapping';
      return unknownKey(issue.keys[0] ?? '', known);
    },
  });
}

function unknownKey(key: string, known: readonly string[]): string {
  const meant = suggest(key, known);
  const hint =
    meant === undefined ? `expected one of ${known.join(', ')}` : `did you mean ${quoted(meant)}?`;
  return `is not known: ${hint}`;
}

/** A mapping from names of the user's choice. */
export function named<T extends z.ZodType>(value: T): z.ZodRecord<z.ZodString, T> {
  return z.record(name(), value, { error: 'must be a mapping of names' });
}

/** A list; `most` is a limit on its length. */
export function list<T extends z.ZodType>(value: T, most = 10_000): z.ZodArray<T> {
  const error = `must be a list of at most ${most}`;
  return z.array(value, { error }).max(most, { error });
}

/** A whole number in a range, both ends included. */
export function integer(min: number, max: number): z.ZodInt {
  const error = `must be an integer from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** A number in a range, both ends included. */
export function decimal(min: number, max: number): z.ZodNumber {
  const error = `must be a number from ${min} to ${max}`;
  return z.number({ error }).min(min, { error }).max(max, { error });
}

/** Timers in Node hold 31 bits of milliseconds. */
const MS_MAX = 0x7fff_ffff;

/** A time in milliseconds; `min` 0 where 0 means "off" or "at once". */
export function milliseconds(min = 1): z.ZodInt {
  return integer(min, MS_MAX);
}

/** A number of octets. */
export function octets(min: number, max: number = Number.MAX_SAFE_INTEGER): z.ZodInt {
  return integer(min, max);
}

export function flag(): z.ZodBoolean {
  return z.boolean({ error: 'must be true or false' });
}

export function oneOf<const T extends readonly [string, ...string[]]>(
  values: T,
): z.ZodEnum<{ [K in T[number]]: K }> {
  return z.enum(values, { error: `must be one of ${values.join(', ')}` });
}

/** Text that matches; `expected` completes "must be …". */
export function text(pattern: RegExp, expected: string): z.ZodString {
  const error = `must be ${expected}`;
  return z.string({ error }).regex(pattern, { error });
}

/** An id or a service's name: it stands in URLs, metrics labels and logs. */
export function name(): z.ZodString {
  return text(/^[\w.:[\]-]{1,128}$/, 'a name of letters, digits and . : _ - [ ]');
}

/** The URL of a backend, checked here, taken apart where it is used. */
export function backendUrl(): z.ZodString {
  const expected = 'must be http://host:port';
  return z.string({ error: expected }).refine((value) => 'port' in parseBackendUrl(value), {
    error: (issue) => {
      const parsed = parseBackendUrl(String(issue.input));
      const reason = 'reason' in parsed ? ` (${parsed.reason})` : '';
      return `${expected}${reason}`;
    },
  });
}
