/**
 * The grammar of chunk extensions (RFC 9112 section 7.1.1), any number of `;name` or `;name=value`. Blanks
 * around names, `=` and `;` are accepted only if the reader asks for it. Extensions are dropped, but
 * not before it is certain where they end: a quote that one reader closes and another does not moves
 * the chunk.
 */

import { CLASSES, CR, HTAB, SEMICOLON, SP, TOKEN, VALUE } from './byte-classes.ts';

const NAME_START = 0;
const NAME = 1;
const VALUE_START = 2;
const TOKEN_VALUE = 3;
const QUOTED = 4;
const ESCAPED = 5;
/** After a whole extension, or after the size and a blank. */
export const AFTER_EXTENSION = 6;
/** The CR after the last extension has been read. */
export const EXTENSION_END = 7;
const AFTER_NAME = 8;
export const EXTENSION_BAD = -1;
/** After the first `;`. */
export const EXTENSION_START: number = NAME_START;

const EQUALS = 0x3d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The state after one more byte. `acceptsBlanks`: white space may stand around names, `=` and `;`. */
export function nextInExtension(state: number, byte: number, acceptsBlanks: boolean): number {
  const isBlank = acceptsBlanks && (byte === SP || byte === HTAB);
  const isToken = ((CLASSES[byte] as number) & TOKEN) !== 0;
  switch (state) {
    case NAME_START:
      if (isBlank) return NAME_START;
      return isToken ? NAME : EXTENSION_BAD;
    case NAME:
      if (isToken) return NAME;
      return isBlank ? AFTER_NAME : afterName(byte);
    case AFTER_NAME:
      return isBlank ? AFTER_NAME : afterName(byte);
    case VALUE_START:
      if (isBlank) return VALUE_START;
      if (isToken) return TOKEN_VALUE;
      return byte === QUOTE ? QUOTED : EXTENSION_BAD;
    case TOKEN_VALUE:
      if (isToken) return TOKEN_VALUE;
      return isBlank ? AFTER_EXTENSION : between(byte);
    case QUOTED:
      if (byte === QUOTE) return AFTER_EXTENSION;
      return byte === BACKSLASH ? ESCAPED : quoted(byte);
    case ESCAPED:
      return quoted(byte);
    default:
      return isBlank ? AFTER_EXTENSION : between(byte);
  }
}

function afterName(byte: number): number {
  return byte === EQUALS ? VALUE_START : between(byte);
}

function quoted(byte: number): number {
  const isText = byte === HTAB || ((CLASSES[byte] as number) & VALUE) !== 0;
  return isText ? QUOTED : EXTENSION_BAD;
}

function between(byte: number): number {
  if (byte === SEMICOLON) return NAME_START;
  return byte === CR ? EXTENSION_END : EXTENSION_BAD;
}
