/**
 * Which fields an operator may set, add or remove: not those by which messages are framed, connections
 * are kept and forwarding is told, since both ends rely on what the balancer says there.
 */

const FRAMING = 'as it frames messages';
const HOP_BY_HOP = 'as it is for one connection alone';
const FORWARDING = 'as it tells of clients and proxies: see forwarding';

const EITHER_WAY: Readonly<Record<string, string>> = {
  'content-length': FRAMING,
  'transfer-encoding': FRAMING,
  trailer: FRAMING,
  expect: FRAMING,
  connection: HOP_BY_HOP,
  'keep-alive': HOP_BY_HOP,
  'proxy-connection': HOP_BY_HOP,
  'proxy-authenticate': HOP_BY_HOP,
  'proxy-authorization': HOP_BY_HOP,
  'http2-settings': HOP_BY_HOP,
  te: HOP_BY_HOP,
  upgrade: HOP_BY_HOP,
  'max-forwards': HOP_BY_HOP,
  via: FORWARDING,
};

const IN_REQUESTS: Readonly<Record<string, string>> = {
  ...EITHER_WAY,
  forwarded: FORWARDING,
  'x-real-ip': FORWARDING,
  'x-request-id': FORWARDING,
};

/**
 * A field's name as servers that make variables of fields see it (CGI, WSGI, PHP): they fold every character
 * but letters and digits into one.
 */
export function foldedName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '-');
}

/** Why a field of requests is left to the balancer; undefined: it may be changed. */
export function keptInRequests(name: string): string | undefined {
  const folded = foldedName(name);
  if (folded.startsWith('x-forwarded')) return FORWARDING;
  return Object.hasOwn(IN_REQUESTS, folded) ? IN_REQUESTS[folded] : undefined;
}

/** Why a field of responses is left to the balancer; undefined: it may be changed. */
export function keptInResponses(name: string): string | undefined {
  const folded = foldedName(name);
  return Object.hasOwn(EITHER_WAY, folded) ? EITHER_WAY[folded] : undefined;
}
