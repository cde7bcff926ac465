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
/** `_` for `-` in a framing field: some backends read both as one (CGI), so it smuggles. */
export const DISGUISED_FRAMING = 19;
/** Not passed on although its name is OTHER: named by Connection. */
export const NAMED_BY_CONNECTION = 20;

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
  ['content_length', DISGUISED_FRAMING],
  ['transfer_encoding', DISGUISED_FRAMING],
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
  if (candidates === undefined) return OTHER;
  for (const { name, kind } of candidates) {
    if (tokenEquals(bytes, from, to, name)) return kind;
  }
  return OTHER;
}
