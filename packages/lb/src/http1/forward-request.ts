/**
 * The head that a backend is sent (RFC 9110 section 7.6): the client's fields in their order and
 * byte for byte, without those meant for us alone, and with what a backend should know of the
 * client. Written once per request, in ranges of the input, before an endpoint is picked.
 */

import type { RequestTrace } from '../observer.ts';
import { clientBehind, forwardedChain, type Peer } from './client-identity.ts';
import * as kinds from './fields.ts';
import { latin1 } from './head.ts';
import type { OperatedRequest } from './operations/operation.ts';
import type { RouteOperations } from './operations/operations.ts';
import { withPrefix } from './operations/prefix.ts';
import type { OutgoingRequest } from './outgoing-request.ts';
import type { RequestHead } from './request-head.ts';
import type { RequestIds } from './request-ids.ts';
import type { Forwarding } from './settings.ts';
import { isTraceField, writeTrace } from './trace-fields.ts';

const MAX_REQUEST_ID_CHARS = 128;

/** What is learnt of a request while its head is written, and what its route changes in it. */
export interface Addressed {
  host: string;
  requestId: string;
  clientAddress: string;
  readonly operations: RouteOperations | undefined;
  /** There where operations are. */
  readonly view: OperatedRequest | undefined;
  /** There where tracing is on. */
  readonly trace: RequestTrace | undefined;
}

/** True if our own name is in Via: the request has been here before. */
export function hasLooped(head: RequestHead, via: string): boolean {
  const { fields } = head;
  for (let i = 0; i < fields.count; i++) {
    if (fields.kind[i] !== kinds.VIA) continue;
    for (const hop of fields.value(i).split(',')) {
      if (hop.trim().split(/[ \t]+/)[1] === via) return true;
    }
  }
  return false;
}

/** Writes heads as one configuration wants them. */
export class RequestWriter {
  readonly #forwarding: Forwarding;
  readonly #ids: RequestIds;
  readonly #via: Buffer;
  readonly #viaFrom10: Buffer;
  readonly #idPrefix: Buffer;

  /** @param ids for where the client gave none */
  constructor(forwarding: Forwarding, ids: RequestIds) {
    this.#forwarding = forwarding;
    this.#ids = ids;
    this.#idPrefix = Buffer.from(ids.prefix, 'latin1');
    this.#via = Buffer.from(`Via: 1.1 ${forwarding.via}\r\nX-Request-Id: `, 'latin1');
    this.#viaFrom10 = Buffer.from(`Via: 1.0 ${forwarding.via}\r\nX-Request-Id: `, 'latin1');
  }

  /** Writes the outgoing head into `out`, which has begun, and what it learns into `into`. */
  write(out: OutgoingRequest, into: Addressed, head: RequestHead, peer: Peer): void {
    const forwarding = this.#forwarding;
    const { fields } = head;
    const isAbsolute = head.authorityEnd > 0;
    into.host = head.host;
    into.clientAddress = peer.address;
    into.requestId = '';
    const edits = into.operations?.request;
    const ownHost = edits?.host;
    const needsOwnHost = forwarding.hostHeader === 'backend' || into.host === '';
    writeRequestLine(out, head, into.operations);
    if (ownHost !== undefined) out.text(`Host: ${ownHost}\r\n`);
    else if (needsOwnHost) out.placeHost();
    else if (isAbsolute) out.text(`Host: ${into.host}\r\n`);

    const dropsHost = isAbsolute || needsOwnHost || ownHost !== undefined;
    const isTraced = into.trace !== undefined;
    let run = head.fieldsStart;
    for (let i = 0; i < fields.count; i++) {
      const kind = fields.kind[i] as number;
      const start = fields.nameStart[i] as number;
      const nameEnd = fields.nameEnd[i] as number;
      const isEdited = edits?.drops(fields.bytes, start, nameEnd) === true;
      if (!isEdited && !(isTraced && isTraceField(fields.bytes, start, nameEnd))) {
        if (kind === kinds.OTHER || (kind === kinds.HOST && !dropsHost)) continue;
        if (keeps(kind, head, peer, forwarding)) continue;
      }
      if (kind === kinds.X_REQUEST_ID && into.requestId === '') {
        into.requestId = usableId(fields.value(i));
      }
      if (start > run) out.take(fields.bytes, run, start);
      run = fields.lineEnd(i);
    }
    if (fields.sectionEnd > run) out.take(fields.bytes, run, fields.sectionEnd);
    this.#writeAdded(out, into, head, peer);
    out.endHead();
  }

  #writeAdded(out: OutgoingRequest, into: Addressed, head: RequestHead, peer: Peer): void {
    if (peer.trusted) {
      out.text(chainedFields(into, head, peer, this.#forwarding));
    } else {
      // Whatever it claims of itself is not passed on.
      append(out, peer.fields);
      if (into.host !== '') writeForwardedHost(out, head);
    }
    if (into.trace !== undefined) writeTrace(out, into.trace, into.operations?.request);
    append(out, head.http10 ? this.#viaFrom10 : this.#via);
    this.#writeId(out, into);
    if (into.operations !== undefined) out.text(operatedFields(into));
    if (isPlain(head)) append(out, HEAD_END);
    else out.text(rareFields(head));
  }

  #writeId(out: OutgoingRequest, into: Addressed): void {
    if (into.requestId !== '') {
      out.text(into.requestId);
      return;
    }
    const { prefix } = this.#ids;
    const own = this.#ids.next();
    append(out, this.#idPrefix);
    out.text(own);
    into.requestId = prefix + own;
  }
}

const VERSION_AND_END = Buffer.from(' HTTP/1.1\r\n');
const LINE_END = Buffer.from('\r\n');
const HEAD_END = Buffer.from('\r\n\r\n');
const FORWARDED_HOST = Buffer.from('X-Forwarded-Host: ');

function append(out: OutgoingRequest, bytes: Buffer): void {
  out.take(bytes, 0, bytes.length);
}

function writeRequestLine(out: OutgoingRequest, head: RequestHead, route?: RouteOperations): void {
  const { bytes } = head.fields;
  const prefix = route?.prefix;
  if (prefix !== undefined) out.text(`${head.method} ${withPrefix(originForm(head), prefix)}`);
  else if (head.authorityEnd > 0) out.text(`${head.method} ${originForm(head)}`);
  else out.take(bytes, head.start, head.targetEnd);
  append(out, VERSION_AND_END);
}

function writeForwardedHost(out: OutgoingRequest, head: RequestHead): void {
  const { bytes, valueStart, valueEnd } = head.fields;
  const isAbsolute = head.authorityEnd > 0;
  const start = isAbsolute ? head.authorityStart : (valueStart[head.hostField] as number);
  const end = isAbsolute ? head.authorityEnd : (valueEnd[head.hostField] as number);
  append(out, FORWARDED_HOST);
  out.take(bytes, start, end);
  append(out, LINE_END);
}

/** A target in absolute form as origin form (RFC 9112 section 3.2.1), byte for byte. */
function originForm(head: RequestHead): string {
  const path = latin1(head.fields.bytes, head.pathStart, head.targetEnd);
  if (path.startsWith('/')) return path;
  return path === '' && head.method === 'OPTIONS' ? '*' : `/${path}`;
}

/** Whether a field that means something to us is passed on as it came. */
function keeps(kind: number, head: RequestHead, peer: Peer, forwarding: Forwarding): boolean {
  switch (kind) {
    case kinds.CONTENT_LENGTH:
    case kinds.TRANSFER_ENCODING:
    case kinds.VIA:
    case kinds.DATE:
      return true;
    case kinds.EXPECT:
      return head.expectsContinue;
    case kinds.PROXY_AUTHORIZATION:
      return forwarding.proxyAuthorization;
    case kinds.OTHER_FORWARDED:
      return peer.trusted;
    case kinds.MAX_FORWARDS:
      return !countsHops(head);
    default:
      return false;
  }
}

/** Max-Forwards is for TRACE and OPTIONS alone (RFC 9110 section 7.6.2). */
export function countsHops(head: RequestHead): boolean {
  return head.maxForwards >= 0 && (head.method === 'TRACE' || head.method === 'OPTIONS');
}

/** Nothing follows the request id. */
function isPlain(head: RequestHead): boolean {
  return head.maxForwards < 0 && !head.acceptsTrailers && head.upgrade === '';
}

/** The end of the line before, and what the request's route adds but for its last line end. */
function operatedFields({ operations, view }: Addressed): string {
  const stripped = operations?.prefix?.strip ?? '';
  const prefix = stripped === '' ? '' : `\r\nX-Forwarded-Prefix: ${stripped}`;
  const lines = view && operations?.request?.lines(view);
  return lines ? `${prefix}\r\n${lines.slice(0, -2)}` : prefix;
}

/** The end of the line before, and what few requests have. */
function rareFields(head: RequestHead): string {
  let added = '\r\n';
  if (countsHops(head)) added += `Max-Forwards: ${head.maxForwards - 1}\r\n`;
  const options: string[] = [];
  if (head.acceptsTrailers) {
    added += 'TE: trailers\r\n';
    options.push('TE');
  }
  if (head.upgrade !== '') {
    added += `Upgrade: ${head.upgrade}\r\n`;
    options.push('upgrade');
  }
  if (options.length > 0) added += `Connection: ${options.join(', ')}\r\n`;
  return `${added}\r\n`;
}

/** The fields about a client behind a trusted proxy: those of the proxy, with the proxy itself added. */
function chainedFields(
  into: Addressed,
  head: RequestHead,
  peer: Peer,
  forwarding: Forwarding,
): string {
  const { fields } = head;
  const addresses = fields.joined('x-forwarded-for') ?? '';
  const forwarded = fields.joined('forwarded');
  const names =
    addresses === '' && forwarded !== undefined ? forwardedChain(forwarded) : addresses.split(',');
  into.clientAddress = clientBehind(names, peer.address, forwarding);
  const proto = fields.joined('x-forwarded-proto') || 'http';
  const host = fields.joined('x-forwarded-host') || into.host;
  const port = fields.joined('x-forwarded-port') || peer.ends.localPort;
  const chain = addresses === '' ? peer.name : `${addresses}, ${peer.name}`;
  let lines =
    `X-Forwarded-For: ${chain}\r\nX-Forwarded-Proto: ${proto}\r\n` +
    `X-Forwarded-Port: ${port}\r\n`;
  if (host !== '') lines += `X-Forwarded-Host: ${host}\r\n`;
  if (forwarded !== undefined) {
    lines += `Forwarded: ${forwarded}, ${forwardedHop(peer.name, into.host)}\r\n`;
  }
  return lines;
}

/** Our own element of Forwarded (RFC 7239 section 4). */
function forwardedHop(name: string, host: string): string {
  const node = name.includes(':') ? `"[${name}]"` : name;
  const hop = `for=${node};proto=http`;
  return host === '' ? hop : `${hop};host="${host}"`;
}

/** The client's own id if it is fit to be logged and passed on, else empty. */
function usableId(value: string): string {
  return value.length <= MAX_REQUEST_ID_CHARS && /^[\x21-\x7e]+$/.test(value) ? value : '';
}
