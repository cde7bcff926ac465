/**
 * A request as it is forwarded: what to send to any backend, and where to. Everything is set when its
 * head has been read, and stays until the next request on the connection.
 */

import type { RequestRecord } from '../observer.ts';
import type { RequestFacts } from '../stream.ts';
import { boundEndpoint, type ResponseFacts, sessionLine, wasSecure } from './affinity.ts';
import type { Peer } from './client-identity.ts';
import { countsHops, hasLooped } from './forward-request.ts';
import type { Destination, Snapshot } from './front-state.ts';
import { OutgoingRequest } from './outgoing-request.ts';
import {
  AMBIGUOUS_TARGET,
  BODY_TOO_LARGE,
  LAST_HOP_OPTIONS,
  LAST_HOP_TRACE,
  LOOP,
  NO_ROUTE,
  type Refusal,
} from './refusals.ts';
import type { RequestHead } from './request-head.ts';
import { AMBIGUOUS } from './router.ts';
import { routingHash } from './routing-key.ts';

/** RFC 9110 section 9.2.2. */
const IDEMPOTENT: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'PUT',
  'DELETE',
  'OPTIONS',
  'TRACE',
]);

export class ForwardedRequest implements RequestRecord {
  method = '';
  target = '';
  isHead = false;
  http10 = false;
  keepAlive = false;
  /** The protocols that it asks to switch to, as a list; empty: none. */
  upgrade = '';
  idempotent = false;
  hash = 0;
  /** The endpoint that its session is bound to. */
  affinity: string | undefined;
  /** Its client spoke https; known where its session may be bound. */
  #isSecure = false;
  /** Where it goes; undefined if it was refused. */
  destination: Destination | undefined;
  /** The configuration that it began with. */
  snapshot: Snapshot;

  /** What any backend is sent. */
  readonly outgoing: OutgoingRequest = new OutgoingRequest();
  host = '';
  requestId = '';
  clientAddress = '';

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
  }

  get service(): string {
    return this.destination?.service.name ?? '';
  }

  get version(): string {
    return this.http10 ? '1.0' : '1.1';
  }

  /**
   * The field line that binds its session to the endpoint with this id; empty if there is no need, or
   * the response must not carry it.
   */
  sessionLineFor(id: string, response: ResponseFacts): string {
    const affinity = this.destination?.service.affinity;
    if (affinity === undefined || this.affinity === id) return '';
    return sessionLine(affinity, id, this.#isSecure, response);
  }

  /** Begins with what is known of a head, were it refused. */
  begin(head: RequestHead, peer: Peer, snapshot: Snapshot): void {
    this.snapshot = snapshot;
    this.method = head.method;
    this.target = head.targetEnd > 0 ? head.target : '';
    this.isHead = head.method === 'HEAD';
    this.http10 = false;
    this.keepAlive = false;
    this.destination = undefined;
    this.host = '';
    this.requestId = '';
    this.clientAddress = peer.address;
  }

  /**
   * Takes in a well-formed head.
   * @returns undefined if it is to be sent to a backend, else how it is answered
   */
  accept(head: RequestHead, peer: Peer): Refusal | undefined {
    const { limits, forwarding, requestWriter } = this.snapshot;
    this.http10 = head.http10;
    this.keepAlive = head.keepAlive;
    this.upgrade = head.upgrade;
    this.idempotent = IDEMPOTENT.has(head.method);
    if (limits.bodyBytes > 0 && head.framing.length > limits.bodyBytes) return BODY_TOO_LARGE;
    this.outgoing.begin(limits.replayBytes);
    requestWriter.write(this.outgoing, this, head, peer);
    if (hasLooped(head, forwarding.via)) return LOOP;
    if (countsHops(head) && head.maxForwards === 0) {
      return head.method === 'OPTIONS' ? LAST_HOP_OPTIONS : LAST_HOP_TRACE;
    }
    return this.#route(head, peer);
  }

  #route(facts: RequestFacts, peer: Peer): Refusal | undefined {
    const destination = this.snapshot.router.find(facts);
    if (destination === AMBIGUOUS) return AMBIGUOUS_TARGET;
    if (destination === undefined) return NO_ROUTE;
    this.destination = destination;
    const { key, affinity } = destination.service;
    this.hash = key === undefined ? 0 : routingHash(key, facts, this.clientAddress);
    if (affinity === undefined) {
      this.affinity = undefined;
    } else {
      this.affinity = boundEndpoint(affinity, facts);
      this.#isSecure = wasSecure(facts, peer);
    }
    return undefined;
  }
}
