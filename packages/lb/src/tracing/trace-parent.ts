/** The fields of W3C Trace Context as a client sends them (https://www.w3.org/TR/trace-context/). */

/** Which span a request comes from. */
export interface RemoteParent {
  readonly traceId: string;
  readonly spanId: string;
  readonly isSampled: boolean;
}

/** Version, trace, parent and flags; versions after 00 may append more. */
const FORM =
  /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-.*)?$/;
const SAMPLED = 0x01;

/** What `traceparent` says; undefined if it is not as the standard has it: then it counts for nothing. */
export function parseTraceparent(value: string): RemoteParent | undefined {
  const [, version, traceId, spanId, flags = '', rest] = FORM.exec(value) ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  if (version === '00' && rest !== undefined) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & SAMPLED) !== 0 };
}
