/**
 * A request as it is forwarded: what to send to any backend, and where to. Everything is set when its
 * head has been read, and stays until the next request on the connection.
 */

import type { RequestRecord, RequestTrace } from '../observer.ts';
import type { RequestFacts } from '../stream.ts';
import { proxyHeader } from '../upstream/proxy-header.ts';
import { boundEndpoint, type ResponseFacts, sessionLine, wasSecure } from './affinity.ts';
import type { Peer } from './client-identity.ts';
import { countsHops, hasLooped } from './forward-request.ts';
import type { Destination, RouteTerms, Snapshot } from './front-state.ts';
import type { RouteOperations } from './operations/operations.ts';
import { RequestView } from './operations/request-view.ts';
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
import type { HttpLimits, HttpTimeouts } from './settings.ts';
import { traceOf } from './trace-fields.ts';

/** RFC 9110 section 9.2.2. */
const IDEMPOTENT: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'PUT',
  'DELETE',
  'OPTIONS',
  'TRACE',
]);

const NO_FIELDS: readonly string[] = [];

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
  /** Where it goes; undefined if it has no route, or one that answers by itself. */
  destination: Destination | undefined;
  /** The configuration that it began with. */
  snapshot: Snapshot;
  /** Those of its service. */
  timeouts: HttpTimeouts;
  limits: HttpLimits;
  /** What its route does; undefined: nothing. */
  operations: RouteOperations | undefined;
  /** What operations see of it; only there once a request has met any. */
  view: RequestView | undefined;

  /** What any backend is sent. */
  readonly outgoing: OutgoingRequest = new OutgoingRequest();
  host = '';
  requestId = '';
  clientAddress = '';
  peerAddress = '';
  /** Replaced for each request whose fields are observed. */
  observedFields: readonly string[] = NO_FIELDS;
  trace: RequestTrace | undefined;
  #peer: Peer | undefined;

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
    this.timeouts = snapshot.timeouts;
    this.limits = snapshot.limits;
  }

  get service(): string {
    return this.destination?.service.name ?? '';
  }

  get version(): string {
    return this.http10 ? '1.0' : '1.1';
  }

  /**
   * The field lines that the response of the endpoint with this id is to carry: one that binds the session, if
   * there is need and it may, and those of operations.
   */
  linesFor(id: string, response: ResponseFacts): string {
    const { operations, view } = this;
    const affinity = this.destination?.service.affinity;
    const isUnbound = affinity !== undefined && this.affinity !== id;
    const session = isUnbound ? sessionLine(affinity, id, this.#isSecure, response) : '';
    if (operations === undefined || view === undefined) return session;
    view.backend = id;
    return session + operations.responseLines(view);
  }

  /** The PROXY header that each connection for this request begins with; undefined: none does. */
  get greeting(): Buffer | undefined {
    const version = this.destination?.service.sendProxyProtocol;
    const ends = this.#peer?.ends;
    return version === undefined || ends === undefined ? undefined : proxyHeader(version, ends);
  }

  /** Begins with what is known of a head, were it refused. */
  begin(head: RequestHead, peer: Peer, snapshot: Snapshot): void {
    this.snapshot = snapshot;
    this.timeouts = snapshot.timeouts;
    this.limits = snapshot.limits;
    this.operations = undefined;
    this.method = head.method;
    this.target = head.targetEnd > 0 ? head.target : '';
    this.isHead = head.method === 'HEAD';
    this.http10 = false;
    this.keepAlive = false;
    this.destination = undefined;
    this.host = '';
    this.requestId = '';
    this.clientAddress = peer.address;
    this.peerAddress = peer.address;
    this.observedFields = NO_FIELDS;
    this.trace = undefined;
    this.#peer = peer;
  }

  /**
   * Takes in a well-formed head.
   * @returns undefined if it is to be sent to a backend, else how it is answered
   */
  accept(head: RequestHead, peer: Peer): Refusal | undefined {
    const { forwarding, requestWriter, router, observedFields, tracer } = this.snapshot;
    if (observedFields !== undefined) {
      this.observedFields = observedFields.map((name) => head.field(name) ?? '');
    }
    if (tracer !== undefined) this.trace = traceOf(head, tracer);
    const found = router.find(head);
    if (found !== undefined && found !== AMBIGUOUS) this.#follow(found, head, peer);
    const { limits } = this;
    this.http10 = head.http10;
    this.keepAlive = head.keepAlive;
    this.upgrade = head.upgrade;
    this.idempotent = IDEMPOTENT.has(head.method);
    this.outgoing.begin(limits.replayBytes);
    requestWriter.write(this.outgoing, this, head, peer);
    if (hasLooped(head, forwarding.via)) return LOOP;
    if (countsHops(head) && head.maxForwards === 0) {
      return head.method === 'OPTIONS' ? LAST_HOP_OPTIONS : LAST_HOP_TRACE;
    }
    if (found === AMBIGUOUS) return AMBIGUOUS_TARGET;
    if (found === undefined) return NO_ROUTE;
    const refusal = this.#operate(head);
    if (refusal !== undefined) return refusal;
    if (limits.bodyBytes > 0 && head.framing.length > limits.bodyBytes) return BODY_TOO_LARGE;
    return this.#bind(head, peer);
  }

  /** Takes the terms of its route. */
  #follow(terms: RouteTerms, facts: RequestFacts, peer: Peer): void {
    this.destination = terms.destination;
    this.timeouts = terms.timeouts;
    this.limits = terms.limits;
    this.operations = terms.operations;
    if (terms.operations === undefined) return;
    this.view ??= new RequestView(this);
    this.view.begin(facts, peer);
  }

  #operate(facts: RequestFacts): Refusal | undefined {
    const { operations, view } = this;
    return operations && view && operations.check(view, facts);
  }

  /** What the pick of an endpoint depends on. */
  #bind(facts: RequestFacts, peer: Peer): Refusal | undefined {
    if (this.destination === undefined) return NO_ROUTE;
    const { key, affinity } = this.destination.service;
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
