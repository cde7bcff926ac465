/** The begin of a request whose head has been read: refused and answered at once, or ready to be dispatched. */

import type { Peer } from './client-identity.ts';
import type { HttpExchange } from './exchange.ts';
import { BAD_REQUEST } from './failures.ts';
import type { Snapshot } from './front-state.ts';
import { headRefusal } from './refusals.ts';

/**
 * Opens a request.
 * @param end where the head in `bytes` ends, or what the parser refused it with
 * @returns the index after what has come of its body; undefined if it was refused
 */
export function openRequest(
  exchange: HttpExchange,
  snapshot: Snapshot,
  peer: Peer,
  bytes: Buffer,
  end: number,
  to: number,
): number | undefined {
  const { request, requestBody } = exchange;
  const head = snapshot.requestHead;
  exchange.begin(head, peer, snapshot);
  if (end < 0) {
    exchange.refuse(headRefusal(-end, head.problem), true);
    return undefined;
  }
  const refusal = request.accept(head, peer);
  requestBody.begin(head.framing, request.limits, snapshot.requestChunks);
  if (refusal !== undefined) {
    exchange.refuse(refusal, refusal.status === BAD_REQUEST);
    return undefined;
  }
  const bodyEnd = requestBody.accept(bytes, end, to, request.outgoing);
  if (bodyEnd >= 0) return bodyEnd;
  exchange.refuse(requestBody.refusal, true);
  return undefined;
}
