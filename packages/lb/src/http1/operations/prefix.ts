/**
 * The path that a backend sees in place of the one that was asked for. A route only takes paths that begin
 * with its prefix in every reading (router.ts), so that as many characters can be cut, whatever they are.
 */

/** What is cut from the beginning of a path, and what takes its place. */
export interface PrefixEdit {
  /** Without a final slash, escaped as in targets. */
  readonly strip: string;
  /** Without a final slash; empty: nothing. */
  readonly put: string;
}

const LEADING_SLASHES = /^[/\\]+/;

/**
 * @param target in origin form, with or without a query
 * @returns one that begins with a single slash where nothing takes the prefix's place, since some servers
 *   read two as the beginning of a host
 */
export function withPrefix(target: string, { strip, put }: PrefixEdit): string {
  const rest = target.slice(strip.length);
  if (put === '') return `/${rest.replace(LEADING_SLASHES, '')}`;
  return `${put}${rest}`;
}
