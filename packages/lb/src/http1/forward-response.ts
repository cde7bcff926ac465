/**
 * The head that a client is sent: the backend's, without what was meant for the connection to us, and
 * with our own Connection, Date, session cookie and framing where it is needed. Copied in ranges; the usual head
 * is one range.
 */

import type { ByteBuffer } from './byte-buffer.ts';
import * as kinds from './fields.ts';
import { CHUNKED, UNTIL_CLOSE } from './framing.ts';
import type { FieldEdits } from './operations/field-edits.ts';
import type { ResponseHead } from './response-head.ts';

/** What the client's side adds to the decision. */
export interface ResponseTerms {
  /** The client speaks HTTP/1.0: no chunks. */
  readonly http10: boolean;
  /** The whole Connection line, or empty. */
  readonly connectionLine: string;
  readonly dateLine: string;
  /** Further field lines of our own, each with its line end. */
  readonly lines: string;
  /** What the route leaves out of the backend's fields. */
  readonly edits: FieldEdits | undefined;
}

const VERSION_BYTES = 8;
export const UPGRADE_REQUIRED = 426;
const EMPTY_LINE = Buffer.from('\r\n');

/** Appends the head, its final empty line included. */
export function writeResponseHead(out: ByteBuffer, head: ResponseHead, terms: ResponseTerms): void {
  const { fields, framing } = head;
  const { edits } = terms;
  let run = head.start;
  if (head.http10) {
    out.text('HTTP/1.1');
    run += VERSION_BYTES;
  }
  for (let i = 0; i < fields.count; i++) {
    const kind = fields.kind[i] as number;
    const start = fields.nameStart[i] as number;
    if (edits === undefined || !edits.drops(fields.bytes, start, fields.nameEnd[i] as number)) {
      if (kind === kinds.OTHER || keeps(kind, head, terms)) continue;
    }
    if (start > run) out.take(fields.bytes, run, start);
    run = fields.lineEnd(i);
  }
  if (fields.sectionEnd > run) out.take(fields.bytes, run, fields.sectionEnd);
  let added = terms.connectionLine + terms.lines;
  if (!head.hasDate && head.status >= 200) added += terms.dateLine;
  if (framing.kind === UNTIL_CLOSE && !terms.http10) added += 'Transfer-Encoding: chunked\r\n';
  if (framing.isRepeated && mayHaveLength(head)) added += `Content-Length: ${framing.length}\r\n`;
  if (added !== '') out.text(added);
  out.take(EMPTY_LINE, 0, EMPTY_LINE.length);
}

/** Neither 1xx nor 204 may speak of a length (RFC 9110 section 8.6). */
function mayHaveLength(head: ResponseHead): boolean {
  return head.status >= 200 && head.status !== 204;
}

function keeps(kind: number, head: ResponseHead, terms: ResponseTerms): boolean {
  switch (kind) {
    case kinds.CONTENT_LENGTH:
      return mayHaveLength(head) && !head.framing.isRepeated;
    case kinds.TRANSFER_ENCODING:
      return !terms.http10 && mayHaveLength(head);
    case kinds.UPGRADE:
      return head.status === 101 || head.status === UPGRADE_REQUIRED;
    case kinds.CONNECTION:
    case kinds.KEEP_ALIVE:
    case kinds.HOP_BY_HOP:
    case kinds.NAMED_BY_CONNECTION:
      return false;
    default:
      return true;
  }
}

/** Whether a client of HTTP/1.0 can only see this body's end by the connection's. */
export function endsByClosing(head: ResponseHead, http10: boolean): boolean {
  return http10 && (head.framing.kind === CHUNKED || head.framing.kind === UNTIL_CLOSE);
}
