/**
 * Building blocks of the scenario schema. Each carries the one sentence that a wrong value earns
 * (`must be an integer ≥ 1`), whichever of its checks failed; the parser adds where and what.
 */

import { z } from 'zod';

/** A whole number in [min, max]. */
export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): z.ZodNumber {
  const error = `must be an integer ≥ ${min}`;
  return z
    .int({ error })
    .min(min, { error })
    .max(max, { error: `must be an integer ≤ ${max}` });
}

/** A number in [min, max]. */
export function number(min: number, max: number = Number.MAX_VALUE): z.ZodNumber {
  const error =
    max === Number.MAX_VALUE
      ? `must be a number ≥ ${min}`
      : `must be a number from ${min} to ${max}`;
  return z.number({ error }).min(min, { error }).max(max, { error });
}

/** A number > `min` (0 if not given). */
export function above(min = 0): z.ZodNumber {
  const error = `must be a number > ${min}`;
  return z.number({ error }).gt(min, { error });
}

/** A share of something. */
export function share(): z.ZodNumber {
  return number(0, 1);
}

/** One of these words. */
export function oneOf<const T extends readonly string[]>(
  words: T,
): z.ZodEnum<{ [W in T[number]]: W }> {
  return z.enum(words, { error: `must be one of ${words.join(', ')}` });
}

/** A non-empty text of at most `max` characters. */
export function text(max: number): z.ZodString {
  const error = `must be a text of 1 to ${max} characters`;
  return z.string({ error }).min(1, { error }).max(max, { error });
}

/** A name that can stand in a URL, a file name and a metric's label. */
export function identifier(): z.ZodString {
  const error =
    'must be letters, digits, dots and hyphens, at most 64, starting with a letter or digit';
  return z.string({ error }).regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/, { error });
}

/** An object with these keys and no others; the error for another names the known ones. */
export function object<Shape extends z.ZodRawShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `has the unknown key ${issue.keys.join(', ')}; known: ${Object.keys(shape).join(', ')}`
        : 'must be an object',
  });
}

/** A list of 1 (or `min`) to `max` items. */
export function list<Item extends z.ZodType>(
  item: Item,
  min: number,
  max: number,
): z.ZodArray<Item> {
  const error = `must be a list of ${min} to ${max} items`;
  return z.array(item, { error }).min(min, { error }).max(max, { error });
}

/** The error of a union told apart by `key`: not an object, or none of the known words. */
export function unknownVariant(words: readonly string[]): z.core.$ZodErrorMap {
  return (issue) =>
    issue.code === 'invalid_union' ? `must be one of ${words.join(', ')}` : 'must be an object';
}
