/** A whole request as our parsers read it, in a form that can be compared. */

import { ChunkedBody } from '../src/http1/chunked.ts';
import { CHUNKED, LENGTH } from '../src/http1/framing.ts';
import { INCOMPLETE, latin1 } from '../src/http1/head.ts';
import { RequestHead } from '../src/http1/request-head.ts';
import { DEFAULT_LIMITS } from '../src/http1/settings.ts';

/** What a request says, as far as two parsers can agree on it. */
export interface Reading {
  readonly method: string;
  readonly target: string;
  /** Names and values in turn. */
  readonly fields: readonly string[];
  /** Bytes of payload. */
  readonly bodyBytes: number;
}

/** A complete request and where it ends; `incomplete`; or `refused`. */
export type Verdict =
  | { readonly kind: 'accepted'; readonly reading: Reading; readonly end: number }
  | { readonly kind: 'incomplete' | 'refused' };

const head = new RequestHead(DEFAULT_LIMITS, []);

export function readByOurs(bytes: Buffer): Verdict {
  const end = head.parse(bytes, 0, bytes.length);
  if (end === INCOMPLETE) return { kind: 'incomplete' };
  if (end < 0) return { kind: 'refused' };
  const { fields, framing, method, target } = head;
  const list: string[] = [];
  for (let i = 0; i < fields.count; i++) {
    const from = fields.nameStart[i] as number;
    list.push(latin1(bytes, from, fields.nameEnd[i] as number), fields.value(i));
  }
  const reading = { method, target, fields: list };
  if (framing.kind === LENGTH) {
    if (bytes.length - end < framing.length) return { kind: 'incomplete' };
    return {
      kind: 'accepted',
      reading: { ...reading, bodyBytes: framing.length },
      end: end + framing.length,
    };
  }
  if (framing.kind !== CHUNKED) {
    return { kind: 'accepted', reading: { ...reading, bodyBytes: 0 }, end };
  }
  const body = new ChunkedBody(DEFAULT_LIMITS, {
    payloadOnly: true,
    acceptsBlanks: false,
    passesTrailer: () => false,
  });
  let bodyBytes = 0;
  const count = (_bytes: Uint8Array, from: number, to: number): void => {
    bodyBytes += to - from;
  };
  const bodyEnd = body.read(bytes, end, bytes.length, { take: count });
  if (bodyEnd < 0) return { kind: 'refused' };
  if (!body.done) return { kind: 'incomplete' };
  return { kind: 'accepted', reading: { ...reading, bodyBytes }, end: bodyEnd };
}
