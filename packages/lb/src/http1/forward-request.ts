/**
 * The head that a backend is sent (RFC 9110 section 7.6): the client's fields in their order and
 * octet for octet, without those meant for us alone, and with what a backend should know of the
 * client. Built once per request, before an endpoint is picked; a retry sends the same string.
 */

import type { BlockList } from 'node:net';
import * as kinds from './fields.ts';
import { latin1 } from './head.ts';
import type { RequestHead } from './request-head.ts';
import type { Forwarding } from './settings.ts';

const MAX_REQUEST_ID_CHARS = 128;

/** The other end of a client connection. */
export interface Peer {
  readonly address: string;
  /** Whether its X-Forwarded-* are believed. */
  readonly trusted: boolean;
}

/** What a request becomes on its way to a backend. */
export interface OutgoingRequest {
  /** The request line and, unless it is the backend's own, the Host field if it was replaced. */
  opening: string;
  /** Send the endpoint's address as Host, after `opening`. */
  ownHost: boolean;
  /** All other lines and the empty one. */
  rest: string;
  host: string;
  requestId: string;
  clientAddress: string;
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

/** The request's authority: the target's in absolute form, else the Host field. */
export function hostOf(head: RequestHead): string {
  if (head.authorityEnd > 0)
    return latin1(head.fields.bytes, head.authorityStart, head.authorityEnd);
  return head.hostField < 0 ? '' : head.fields.value(head.hostField);
}

/** Builds the outgoing head into `into`. `newId` makes a request id where the client gave none. */
export function buildRequest(
  into: OutgoingRequest,
  head: RequestHead,
  end: number,
  peer: Peer,
  forwarding: Forwarding,
  newId: () => string,
): void {
  const { fields } = head;
  const text = latin1(fields.bytes, head.start, end);
  const absolute = head.authorityEnd > 0;
  into.host = hostOf(head);
  into.ownHost = forwarding.hostHeader === 'backend' || into.host === '';
  into.opening = `${head.method} ${forwardedTarget(head, text)} HTTP/1.1\r\n`;
  if (absolute && !into.ownHost) into.opening += `Host: ${into.host}\r\n`;
  into.clientAddress = peer.address;
  into.requestId = '';

  const dropsHost = absolute || into.ownHost;
  const base = head.start;
  let rest = '';
  let run = fields.count === 0 ? fields.sectionEnd - base : (fields.nameStart[0] as number) - base;
  for (let i = 0; i < fields.count; i++) {
    const kind = fields.kind[i] as number;
    if (kind === kinds.OTHER || (kind === kinds.HOST && !dropsHost)) continue;
    if (keeps(kind, head, peer, forwarding)) continue;
    if (kind === kinds.X_REQUEST_ID && into.requestId === '') {
      into.requestId = usableId(fields.value(i));
    }
    rest += text.substring(run, (fields.nameStart[i] as number) - base);
    run = fields.lineEnd(i) - base;
  }
  rest += text.substring(run, fields.sectionEnd - base);
  if (into.requestId === '') into.requestId = newId();
  into.rest = rest + addedFields(into, head, peer, forwarding);
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
    case kinds.FORWARDED:
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

/** The target in origin form (RFC 9112 section 3.2.1), byte for byte. */
function forwardedTarget(head: RequestHead, text: string): string {
  const path = text.substring(head.pathStart - head.start, head.targetEnd - head.start);
  if (head.authorityEnd === 0 || path.startsWith('/')) return path;
  return path === '' && head.method === 'OPTIONS' ? '*' : `/${path}`;
}

function addedFields(
  into: OutgoingRequest,
  head: RequestHead,
  peer: Peer,
  forwarding: Forwarding,
): string {
  let added = peer.trusted ? chainedFields(into, head, peer, forwarding) : originFields(into, peer);
  added += `Via: ${head.http10 ? '1.0' : '1.1'} ${forwarding.via}\r\nX-Request-Id: ${into.requestId}\r\n`;
  if (countsHops(head)) added += `Max-Forwards: ${head.maxForwards - 1}\r\n`;
  const options: string[] = [];
  if (head.acceptsTrailers) {
    added += 'TE: trailers\r\n';
    options.push('TE');
  }
  if (head.upgrade) {
    added += `Upgrade: ${head.fields.value(head.upgradeField)}\r\n`;
    options.push('upgrade');
  }
  if (options.length > 0) added += `Connection: ${options.join(', ')}\r\n`;
  return `${added}\r\n`;
}

/** What is said of a client that speaks for itself: whatever it claims is not passed on. */
function originFields(into: OutgoingRequest, peer: Peer): string {
  const fields = `X-Forwarded-For: ${peer.address}\r\nX-Forwarded-Proto: http\r\n`;
  return into.host === '' ? fields : `${fields}X-Forwarded-Host: ${into.host}\r\n`;
}

/** What is said of a client behind a proxy that we believe: its word, and the proxy added. */
function chainedFields(
  into: OutgoingRequest,
  head: RequestHead,
  peer: Peer,
  forwarding: Forwarding,
): string {
  const addresses = valuesOf(head, kinds.X_FORWARDED_FOR);
  into.clientAddress = clientBehind(addresses, peer.address, forwarding.trustedProxies);
  const proto = valuesOf(head, kinds.X_FORWARDED_PROTO) || 'http';
  const host = valuesOf(head, kinds.X_FORWARDED_HOST) || into.host;
  const chain = addresses === '' ? peer.address : `${addresses}, ${peer.address}`;
  const fields = `X-Forwarded-For: ${chain}\r\nX-Forwarded-Proto: ${proto}\r\n`;
  return host === '' ? fields : `${fields}X-Forwarded-Host: ${host}\r\n`;
}

function valuesOf(head: RequestHead, kind: number): string {
  const { fields } = head;
  let joined = '';
  for (let i = 0; i < fields.count; i++) {
    if (fields.kind[i] !== kind) continue;
    const value = fields.value(i);
    joined = joined === '' ? value : `${joined}, ${value}`;
  }
  return joined;
}

/** The last address of the chain that is not one of our proxies. */
function clientBehind(chain: string, peer: string, trusted: BlockList | undefined): string {
  let client = peer;
  for (const address of chain.split(',').reverse()) {
    if (trusted === undefined || !trusts(trusted, client)) break;
    const candidate = address.trim();
    if (candidate === '') break;
    client = candidate;
  }
  return client;
}

/** Whether the list has this address; false for what is no address. */
export function trusts(list: BlockList, address: string): boolean {
  return list.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
}

/** The client's own id if it is fit to be logged and passed on, else empty. */
function usableId(value: string): string {
  return value.length <= MAX_REQUEST_ID_CHARS && /^[\x21-\x7e]+$/.test(value) ? value : '';
}
