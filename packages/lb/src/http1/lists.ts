/** Comma-separated lists of tokens in field values (RFC 9110 section 5.6.1). */

import { CLASSES, COMMA, HTAB, SP, TOKEN } from './byte-classes.ts';

/**
 * Calls `element` with the bounds of each non-empty element of the list in `bytes[from, to)`,
 * without the white space around it.
 * @returns false if an element is not a token
 */
export function eachToken(
  bytes: Uint8Array,
  from: number,
  to: number,
  element: (from: number, to: number) => void,
): boolean {
  let wellFormed = true;
  for (let i = from; i < to; ) {
    const byte = bytes[i] as number;
    if (byte === SP || byte === HTAB || byte === COMMA) {
      i++;
      continue;
    }
    const start = i;
    while (i < to && ((CLASSES[bytes[i] as number] as number) & TOKEN) !== 0) i++;
    const end = i;
    while (i < to && (bytes[i] === SP || bytes[i] === HTAB)) i++;
    if (i < to && bytes[i] !== COMMA) {
      wellFormed = false;
      while (i < to && bytes[i] !== COMMA) i++;
    } else {
      element(start, end);
    }
  }
  return wellFormed;
}
