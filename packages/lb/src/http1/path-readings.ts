/**
 * The ways in which backends read one path. A route is a boundary that operators rely on, so a
 * path that one backend takes for another place than we do must not decide where it goes.
 *
 * Each step below is done by some common server and not by others: nginx and Express decode escapes, IIS
 * takes a backslash for a slash, Tomcat cuts path parameters, nearly all resolve dot segments, many
 * merge slashes. So a reading is made by any subset of the steps, in the order in which servers take
 * them.
 */

/** A path as it is, or as one that has been decoded; routes are compared in the same form. */
export interface Reading {
  readonly path: string;
  /** All escapes have been decoded. */
  readonly isDecoded: boolean;
}

/** Most paths have one reading: nothing in them that any of the steps would change. */
const SPECIAL = /[%\\;]|\/[/.]/;
/** An encoded control character has no place in a path. */
const ENCODED_CONTROL = /%(?:[01][0-9a-f]|7f)/i;
/** Characters of all readings together: a long path that has many is refused before it costs milliseconds. */
const CHARACTERS_MAX = 131_072;
const ESCAPE = /%([0-9a-f]{2})/gi;
const UNRESERVED = /[A-Za-z0-9._~-]/;
const ENCODED_SEPARATOR = /%2f|%5c/gi;

/** True if a path has more than one reading. */
export function isSpecial(path: string): boolean {
  return SPECIAL.test(path);
}

export function hasEncodedControl(path: string): boolean {
  return ENCODED_CONTROL.test(path);
}

/** Every escape as the byte that it stands for. */
export function decoded(path: string): string {
  return path.replace(ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Escapes that stand for a character which needs none (RFC 3986 section 6.2.2.2). */
function unreservedDecoded(path: string): string {
  return path.replace(ESCAPE, (text, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return UNRESERVED.test(character) ? character : text;
  });
}

/** Dot segments resolved (RFC 3986 section 5.2.4). */
function resolved(path: string): string {
  const segments: string[] = [];
  const parts = path.split('/');
  parts.forEach((part, i) => {
    const isLast = i === parts.length - 1;
    if (part === '..') {
      if (segments.length > 1) segments.pop();
      if (isLast) segments.push('');
    } else if (part === '.') {
      if (isLast) segments.push('');
    } else {
      segments.push(part);
    }
  });
  return segments.join('/');
}

const unescapedSeparators = (path: string): string => path.replace(ENCODED_SEPARATOR, '/');
const withoutBackslashes = (path: string): string => path.replaceAll('\\', '/');
const withoutParameters = (path: string): string => path.replace(/;[^/]*/g, '');
const merged = (path: string): string => path.replace(/\/{2,}/g, '/');

/** What may be done to a path, in this order; an empty segment may be merged before or after resolving. */
const STEPS: readonly ((path: string) => string)[] = [
  unescapedSeparators,
  withoutBackslashes,
  withoutParameters,
  merged,
  resolved,
  merged,
];

/** All readings of a path, the path itself first; undefined: they are too many for its length. */
export function readings(path: string): Reading[] | undefined {
  // Parameters may be cut before escapes are decoded: an encoded slash does not end them then.
  const uncut = [path, withoutParameters(path)];
  const literal = eachReading([...uncut, ...uncut.map(unreservedDecoded)]);
  // Escapes may be decoded before the other steps or after them.
  const decodedOnes = literal && eachReading(literal.map(decoded));
  if (literal === undefined || decodedOnes === undefined) return undefined;
  return [
    ...literal.map((reading) => ({ path: reading, isDecoded: false })),
    ...decodedOnes.map((reading) => ({ path: reading, isDecoded: true })),
  ];
}

/** What all subsets of the steps make of these paths. */
function eachReading(paths: readonly string[]): string[] | undefined {
  const all = new Set(paths);
  for (const step of STEPS) {
    for (const path of [...all]) all.add(step(path));
    if (all.size * (paths[0]?.length ?? 0) > CHARACTERS_MAX) return undefined;
  }
  return [...all];
}
