/**
 * The fields of W3C Trace Context on the way to a backend: those of the client go, and the attempt's own span takes their
 * place. What a route sets, adds or removes itself goes before.
 */

import type { RequestTrace, RequestTracer } from '../observer.ts';
import type { RequestFacts } from '../stream.ts';
import { tokenEquals } from './byte-classes.ts';
import type { FieldEdits } from './operations/field-edits.ts';
import type { OutgoingRequest } from './outgoing-request.ts';

const TRACEPARENT = 'traceparent';
const TRACESTATE = 'tracestate';

/** The trace that a request, whose head is well-formed, is part of. */
export function traceOf(facts: RequestFacts, tracer: RequestTracer): RequestTrace {
  const parent = facts.field(TRACEPARENT) ?? '';
  return tracer.begin(facts.method, parent, facts.field(TRACESTATE) ?? '');
}

/** Whether the field with the name in `bytes[from, to)` is one of them. */
export function isTraceField(bytes: Uint8Array, from: number, to: number): boolean {
  const length = to - from;
  if (length === TRACEPARENT.length) return tokenEquals(bytes, from, to, TRACEPARENT);
  return length === TRACESTATE.length && tokenEquals(bytes, from, to, TRACESTATE);
}

/** Writes the fields of a request, but for those that the operations of its route have a say in. */
export function writeTrace(out: OutgoingRequest, trace: RequestTrace, edits?: FieldEdits): void {
  // Without the one the other means nothing.
  if (edits?.concerns(TRACEPARENT) === true) return;
  out.placeTraceparent(trace.traceId);
  const { tracestate } = trace;
  if (tracestate === '' || edits?.concerns(TRACESTATE) === true) return;
  out.text(`tracestate: ${tracestate}\r\n`);
}
