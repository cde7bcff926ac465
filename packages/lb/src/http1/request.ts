/**
 * A request as its exchange keeps it: what to send to any backend, where to, and, since it lives just
 * as long, the record that the observer is told at the end.
 */

import { bindingLine, boundEndpoint } from './affinity.ts';
import { CONTENT_TOO_LARGE, LOOP_DETECTED, METHOD_NOT_ALLOWED } from './failures.ts';
import { type Addressed, countsHops, hasLooped, type Peer } from './forward-request.ts';
import type { Service, Snapshot } from './front-state.ts';
import type { RequestRecord } from './observer.ts';
import { Outgoing } from './outgoing.ts';
import type { RequestHead } from './request-head.ts';
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

const OK = 200;

export class IncomingRequest implements Addressed, RequestRecord {
  method = '';
  target = '';
  isHead = false;
  http10 = false;
  keepAlive = false;
  /** A protocol change is asked for. */
  upgrade = false;
  idempotent = false;
  hash = 0;
  /** The endpoint that its session is bound to. */
  affinity: string | undefined;
  /** Where it goes; undefined if it was refused. */
  route: Service | undefined;
  /** The configuration that it began with. */
  snapshot: Snapshot;

  /** What any backend is sent. */
  readonly outgoing: Outgoing = new Outgoing();
  host = '';
  requestId = '';
  clientAddress = '';

  backend = '';
  status = 0;
  attempts = 0;
  afterEvent = 0;
  requestBodyBytes = 0;
  responseBytes = 0;
  firstByteMs = 0;
  durationMs = 0;

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
  }

  get service(): string {
    return this.route?.group.name ?? '';
  }

  get version(): string {
    return this.http10 ? '1.0' : '1.1';
  }

  /** The field line that binds its session to the backend that answers; empty if there is no need. */
  get bindingLine(): string {
    const affinity = this.route?.group.affinity;
    if (affinity === undefined || this.affinity === this.backend) return '';
    return bindingLine(affinity, this.backend);
  }

  /** Begins the record of a request with what is known of a head, were it refused. */
  begin(head: RequestHead, peer: Peer, snapshot: Snapshot): void {
    this.snapshot = snapshot;
    this.method = head.method;
    this.target = head.targetEnd > 0 ? head.target : '';
    this.isHead = head.method === 'HEAD';
    this.http10 = false;
    this.route = undefined;
    this.host = '';
    this.requestId = '';
    this.clientAddress = peer.address;
    this.backend = '';
    this.status = 0;
    this.attempts = 0;
    this.afterEvent = 0;
    this.requestBodyBytes = 0;
    this.responseBytes = 0;
    this.firstByteMs = 0;
  }

  /**
   * Takes in a well-formed head.
   * @returns 0 if it is to be sent to a backend, else the status to answer
   */
  accept(head: RequestHead, peer: Peer): number {
    const { limits, forwarding, router, requestWriter } = this.snapshot;
    this.http10 = head.http10;
    this.keepAlive = head.keepAlive;
    this.upgrade = head.upgrade;
    this.idempotent = IDEMPOTENT.has(head.method);
    if (limits.bodyBytes > 0 && head.framing.length > limits.bodyBytes) return CONTENT_TOO_LARGE;
    this.outgoing.begin(limits.replayBytes);
    requestWriter.write(this.outgoing, this, head, peer);
    if (hasLooped(head, forwarding.via)) return LOOP_DETECTED;
    if (countsHops(head) && head.maxForwards === 0) {
      return head.method === 'OPTIONS' ? OK : METHOD_NOT_ALLOWED;
    }
    const route = router.find(head, this.host);
    if (typeof route === 'number') return -route;
    this.route = route;
    const { key, affinity } = route.group;
    this.hash = key === undefined ? 0 : routingHash(key, head, this.clientAddress);
    this.affinity = affinity === undefined ? undefined : boundEndpoint(affinity, head);
    return 0;
  }
}
