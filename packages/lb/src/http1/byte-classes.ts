/**
 * Classes of bytes (RFC 9110 section 5.6.2, RFC 9112 section 3.2, RFC 3986) as one table of bit
 * sets: the parser asks one array read per byte.
 */

/** Allowed in a token: methods, field names, codings. */
export const TOKEN = 1;
/** Allowed in a field value: visible ASCII, SP, HTAB and bytes above 0x7f. */
export const VALUE = 2;
/** Allowed in a request target: visible ASCII but `#`, since a fragment is never sent. */
export const TARGET = 4;
/** Allowed in a registered name: unreserved, sub-delims and `%`. */
export const HOST_NAME = 8;
/** Allowed between the brackets of an IPv6 address. */
export const IPV6 = 16;
export const DIGIT = 32;

export const HTAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SP = 0x20;
export const COMMA = 0x2c;
export const SLASH = 0x2f;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const QUESTION = 0x3f;

function build(): Uint8Array {
  const table = new Uint8Array(256);
  const mark = (characters: string, bit: number): void => {
    for (const character of characters) table[character.charCodeAt(0)] = at(character) | bit;
  };
  const at = (character: string): number => table[character.charCodeAt(0)] ?? 0;
  const digits = '0123456789';
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  const alphanumeric = digits + letters + letters.toUpperCase();
  mark(`!#$%&'*+-.^_\`|~${alphanumeric}`, TOKEN);
  mark(`-._~!$&'()*+,;=%${alphanumeric}`, HOST_NAME);
  mark(`${digits}abcdefABCDEF:.`, IPV6);
  mark(digits, DIGIT);
  for (let byte = 0x20; byte < 0x100; byte++) {
    if (byte === 0x7f) continue;
    table[byte] = (table[byte] ?? 0) | VALUE;
    if (byte > 0x20 && byte < 0x7f && byte !== 0x23) table[byte] = (table[byte] ?? 0) | TARGET;
  }
  table[HTAB] = VALUE;
  return table;
}

/** The classes of each byte. */
export const CLASSES: Uint8Array = build();

/** The value of a hexadecimal digit, 255 for any other byte. */
export const HEX_VALUE: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const value = '0123456789abcdef'.indexOf(String.fromCharCode(byte).toLowerCase());
  return value < 0 ? 255 : value;
});

/**
 * Whether the token in `bytes[from, to)` is `name`, which must be in lower case. Setting bit 5 folds
 * the case of letters; among token bytes it makes no two others equal.
 */
export function tokenEquals(bytes: Uint8Array, from: number, to: number, name: string): boolean {
  if (to - from !== name.length) return false;
  for (let i = 0; i < name.length; i++) {
    if (((bytes[from + i] as number) | 0x20) !== (name.charCodeAt(i) | 0x20)) return false;
  }
  return true;
}
