/**
 * The grammar of chunk extensions (RFC 9112 section 7.1.1), without the optional white space that
 * nobody sends: `*( ";" name [ "=" ( token / quoted-string ) ] )`. They are dropped, but not before it
 * is certain where they end: a quote that one reader closes and another does not moves the chunk.
 */

import { CLASSES, CR, HTAB, SEMICOLON, TOKEN, VALUE } from './octets.ts';

const NAME_START = 0;
const NAME = 1;
const VALUE_START = 2;
const TOKEN_VALUE = 3;
const QUOTED = 4;
const ESCAPED = 5;
const AFTER_QUOTED = 6;
/** The CR after the last extension has been read. */
export const EXTENSION_END = 7;
export const EXTENSION_BAD = -1;
/** After the first `;`. */
export const EXTENSION_START: number = NAME_START;

const EQUALS = 0x3d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The state after one more octet. */
export function nextInExtension(state: number, octet: number): number {
  const isToken = ((CLASSES[octet] as number) & TOKEN) !== 0;
  switch (state) {
    case NAME_START:
      return isToken ? NAME : EXTENSION_BAD;
    case NAME:
      if (isToken) return NAME;
      return octet === EQUALS ? VALUE_START : between(octet);
    case VALUE_START:
      if (isToken) return TOKEN_VALUE;
      return octet === QUOTE ? QUOTED : EXTENSION_BAD;
    case TOKEN_VALUE:
      return isToken ? TOKEN_VALUE : between(octet);
    case QUOTED:
      if (octet === QUOTE) return AFTER_QUOTED;
      return octet === BACKSLASH ? ESCAPED : quoted(octet);
    case ESCAPED:
      return quoted(octet);
    default:
      return between(octet);
  }
}

function quoted(octet: number): number {
  const isText = octet === HTAB || ((CLASSES[octet] as number) & VALUE) !== 0;
  return isText ? QUOTED : EXTENSION_BAD;
}

function between(octet: number): number {
  if (octet === SEMICOLON) return NAME_START;
  return octet === CR ? EXTENSION_END : EXTENSION_BAD;
}
