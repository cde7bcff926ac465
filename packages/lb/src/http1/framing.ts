/**
 * How long a body is (RFC 9112 section 6), decided once per message. Two answers to that question
 * by two implementations on one connection is request smuggling; so whatever leaves room for a
 * second answer is refused here, never repaired.
 */

import { CLASSES, DIGIT, HTAB, tokenEquals } from './byte-classes.ts';
import { CONTENT_LENGTH, DISGUISED_FRAMING, TRANSFER_ENCODING } from './fields.ts';
import { BAD, type Fields } from './head.ts';
import { eachToken } from './lists.ts';

export const NO_BODY = 0;
export const LENGTH = 1;
export const CHUNKED = 2;
/** The connection's end is the body's end: responses only. */
export const UNTIL_CLOSE = 3;

/** A transfer coding that we do not implement. */
export const UNKNOWN_CODING = -501;

/** The outcome of `readFraming`, one record reused. */
export interface Framing {
  kind: number;
  /** What Content-Length says, −1 if it is absent; the body's length with LENGTH. */
  length: number;
  /** Content-Length was given more than once, always with the same value: it is to be written anew. */
  isRepeated: boolean;
}

export function newFraming(): Framing {
  return { kind: NO_BODY, length: -1, isRepeated: false };
}

/**
 * Reads Content-Length and Transfer-Encoding. A message without both has kind NO_BODY, as in a
 * request; the caller knows whether it is a response.
 * @param mergesLengths several equal lengths are one (RFC 9110 section 8.6): common among backends, while no
 *   well-meaning client sends them
 * @param http10 the message's version is 1.0, where Transfer-Encoding means nothing
 * @returns 0, or a negative status code
 */
export function readFraming(
  into: Framing,
  fields: Fields,
  http10: boolean,
  mergesLengths: boolean,
): number {
  into.kind = NO_BODY;
  into.length = -1;
  into.isRepeated = false;
  let lengths = 0;
  let codings = 0;
  for (let i = 0; i < fields.count; i++) {
    const kind = fields.kind[i];
    if ((kind === CONTENT_LENGTH || kind === TRANSFER_ENCODING) && hasTab(fields, i)) return BAD;
    if (kind === CONTENT_LENGTH) {
      const before = into.length;
      into.length = readLength(fields, i);
      if (into.length < 0 && mergesLengths) {
        into.length = readEqualLengths(fields.value(i));
        into.isRepeated = true;
      }
      if (into.length < 0) return BAD;
      if (lengths++ > 0) {
        if (!mergesLengths || into.length !== before) return BAD;
        into.isRepeated = true;
      }
    } else if (kind === TRANSFER_ENCODING) {
      if (codings++ > 0) return BAD;
      const error = readCoding(fields, i);
      if (error < 0) return error;
    } else if (kind === DISGUISED_FRAMING) {
      return BAD;
    }
  }
  if (codings > 0) {
    if (lengths > 0 || http10) return BAD;
    into.kind = CHUNKED;
  } else if (lengths > 0) {
    into.kind = LENGTH;
  }
  return 0;
}

/** One field of digits alone. */
function readLength(fields: Fields, field: number): number {
  const { bytes, valueStart, valueEnd } = fields;
  const to = valueEnd[field] as number;
  const from = valueStart[field] as number;
  let value = 0;
  for (let i = from; i < to; i++) {
    if (((CLASSES[bytes[i] as number] as number) & DIGIT) === 0) return BAD;
    value = value * 10 + (bytes[i] as number) - 0x30;
    if (value > Number.MAX_SAFE_INTEGER) return BAD;
  }
  return from === to ? BAD : value;
}

/** A list of equal lengths as one; BAD if it is anything else. */
function readEqualLengths(list: string): number {
  const [first = '', ...others] = list.split(',').map((text) => text.trim());
  const length = Number(first);
  if (!/^\d{1,16}$/.test(first) || length > Number.MAX_SAFE_INTEGER) return BAD;
  return others.every((other) => other === first) ? length : BAD;
}

/** 0 if the field is exactly `chunked`; otherwise why not. */
function readCoding(fields: Fields, field: number): number {
  const bytes = fields.bytes;
  const from = fields.valueStart[field] as number;
  const to = fields.valueEnd[field] as number;
  if (tokenEquals(bytes, from, to, 'chunked')) return 0;
  let codings = 0;
  let chunkedAt = -1;
  let repeated = false;
  const wellFormed = eachToken(bytes, from, to, (start, end) => {
    if (tokenEquals(bytes, start, end, 'chunked')) {
      repeated ||= chunkedAt >= 0;
      chunkedAt = codings;
    }
    codings++;
  });
  if (!wellFormed || codings === 0 || repeated) return BAD;
  // A lone `chunked` in a list with empty members is an obfuscation.
  if (chunkedAt >= 0 && (chunkedAt < codings - 1 || codings === 1)) return BAD;
  return UNKNOWN_CODING;
}

/** A tab around a framing value is legal white space that some parsers do not take off. */
function hasTab(fields: Fields, field: number): boolean {
  const end = fields.lineEnd(field);
  for (let i = fields.nameEnd[field] as number; i < end; i++) {
    if (fields.bytes[i] === HTAB) return true;
  }
  return false;
}
