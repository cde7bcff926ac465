/**
 * The field names that mean something to an intermediary. Each gets a small number when the head is
 * parsed, found by length first, so that most fields cost one look-up and nothing is ever
 * lower-cased or made a string.
 */

import { tokenEquals } from './byte-classes.ts';

/** Any other field: passed on as it is. */
export const OTHER = 0;
export const HOST = 1;
export const CONNECTION = 2;
export const CONTENT_LENGTH = 3;
export const TRANSFER_ENCODING = 4;
export const EXPECT = 5;
export const UPGRADE = 6;
export const TE = 7;
/** Keep-Alive: hop-by-hop, and in responses a hint of the backend's idle timeout. */
export const KEEP_ALIVE = 8;
/** Hop-by-hop without being named by Connection, and never passed on. */
export const HOP_BY_HOP = 9;
export const PROXY_AUTHORIZATION = 10;
export const VIA = 11;
export const X_FORWARDED_FOR = 12;
export const X_FORWARDED_PROTO = 13;
export const X_FORWARDED_HOST = 14;
export const FORWARDED = 15;
export const X_REQUEST_ID = 16;
export const MAX_FORWARDS = 17;
export const DATE = 18;
/** A framing field with another character for `-`: CGI reads both as one variable, so it smuggles. */
export const DISGUISED_FRAMING = 19;
/** Not passed on although its name is OTHER: named by Connection. */
export const NAMED_BY_CONNECTION = 20;
export const X_FORWARDED_PORT = 21;
/** X-Real-IP, and whatever else begins with X-Forwarded: a proxy's word about its client. */
export const OTHER_FORWARDED = 22;
/** One of the family, spelled with another character for `-`. */
export const DISGUISED_FORWARDED = 23;

const NAMES: readonly (readonly [string, number])[] = [
  ['host', HOST],
  ['connection', CONNECTION],
  ['content-length', CONTENT_LENGTH],
  ['transfer-encoding', TRANSFER_ENCODING],
  ['expect', EXPECT],
  ['upgrade', UPGRADE],
  ['te', TE],
  ['keep-alive', KEEP_ALIVE],
  ['proxy-connection', HOP_BY_HOP],
  ['http2-settings', HOP_BY_HOP],
  ['proxy-authorization', PROXY_AUTHORIZATION],
  ['via', VIA],
  ['x-forwarded-for', X_FORWARDED_FOR],
  ['x-forwarded-proto', X_FORWARDED_PROTO],
  ['x-forwarded-host', X_FORWARDED_HOST],
  ['forwarded', FORWARDED],
  ['x-request-id', X_REQUEST_ID],
  ['max-forwards', MAX_FORWARDS],
  ['date', DATE],
  ['x-forwarded-port', X_FORWARDED_PORT],
  ['x-real-ip', OTHER_FORWARDED],
];

interface Known {
  readonly name: string;
  readonly kind: number;
}

const BY_LENGTH: readonly (readonly Known[] | undefined)[] = Array.from({ length: 32 }, (_, n) => {
  const known = NAMES.filter(([name]) => name.length === n).map(([name, kind]) => ({ name, kind }));
  return known.length === 0 ? undefined : known;
});

/** What the field name in `bytes[from, to)`, a token, means to us. */
export function fieldKind(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  const candidates = length < BY_LENGTH.length ? BY_LENGTH[length] : undefined;
  if (candidates !== undefined) {
    for (const { name, kind } of candidates) {
      if (tokenEquals(bytes, from, to, name)) return kind;
    }
  }
  return length < SHORTEST_FOLDED ? OTHER : foldedKind(bytes, from, to);
}

const FORWARDED_PREFIX = 'x-forwarded';
const REAL_IP = 'x-real-ip';
const FRAMING_NAMES = ['content-length', 'transfer-encoding'];
const SHORTEST_FOLDED = REAL_IP.length;
const LETTER_X = 0x78;
const LETTER_C = 0x63;
const LETTER_T = 0x74;

/**
 * What a name is that no entry of the table equals. Servers that make variables of fields (CGI, WSGI, PHP)
 * fold every character but letters and digits into one, so names are compared in that form too.
 */
function foldedKind(bytes: Uint8Array, from: number, to: number): number {
  const first = (bytes[from] as number) | 0x20;
  if (first === LETTER_X) {
    const isForwarded = foldsTo(bytes, from, to, FORWARDED_PREFIX);
    if (!isForwarded && !(to - from === REAL_IP.length && foldsTo(bytes, from, to, REAL_IP))) {
      return OTHER;
    }
    return isPlainName(bytes, from, to) ? OTHER_FORWARDED : DISGUISED_FORWARDED;
  }
  if (first === LETTER_C || first === LETTER_T) {
    for (const name of FRAMING_NAMES) {
      if (to - from === name.length && foldsTo(bytes, from, to, name)) return DISGUISED_FRAMING;
    }
  }
  return OTHER;
}

/** Whether the token begins with `name`, any character but letters and digits standing for `-`. */
function foldsTo(bytes: Uint8Array, from: number, to: number, name: string): boolean {
  if (to - from < name.length) return false;
  for (let i = 0; i < name.length; i++) {
    const byte = bytes[from + i] as number;
    const wanted = name.charCodeAt(i);
    const isEqual = wanted === HYPHEN ? !isAlphanumeric(byte) : (byte | 0x20) === wanted;
    if (!isEqual) return false;
  }
  return true;
}

/** Letters, digits and `-` alone. */
function isPlainName(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    if (bytes[i] !== HYPHEN && !isAlphanumeric(bytes[i] as number)) return false;
  }
  return true;
}

const HYPHEN = 0x2d;

function isAlphanumeric(byte: number): boolean {
  const letter = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x7a);
}
