/**
 * The addresses that a user types: backend URLs, and `[HOST:]PORT` to listen on. The parsers return
 * undefined, or what was expected, so that each caller can name its own field.
 */

/** What a listener speaks, and with it the backends behind it: layer 7 or layer 4. */
export const MODES = ['http', 'tcp'] as const;
export type Mode = (typeof MODES)[number];

/** Where to listen or what to dial. */
export interface Address {
  /** A name or an IP address; IPv6 without brackets. Empty for a Unix socket. */
  readonly host: string;
  /** 0 for a Unix socket. */
  readonly port: number;
  /** The path of a Unix socket, in place of host and port. */
  readonly unix?: string;
}

const PORT_MAX = 65_535;
const HTTP_PORT = 80;
/** The longest path that Linux takes, less the byte that ends it (unix(7)). */
const UNIX_PATH_BYTES_MAX = 107;

/** A backend's address; `mode`: the only one for which it is meant, if its URL says so. */
export interface BackendAddress extends Address {
  readonly mode?: Mode;
}

/** What a backend URL must be; `reason` says what is wrong with one that is nearly right. */
export interface BadUrl {
  readonly expected?: string;
  readonly reason?: string;
}

/**
 * `http://host:port`, in tcp mode `host:port` or `tcp://host:port`, or `unix:/path`, and nothing more. The port
 * may be left out of an `http:` URL alone (80).
 */
export function parseBackendUrl(text: string): BackendAddress | BadUrl {
  if (/^unix:/i.test(text)) return parseUnixUrl(text);
  if (/^tcp:\/\//i.test(text)) return parseTcpUrl(text.slice(6));
  if (/^(?:\[[\da-f:.]*\]|[^\s:/[\]]+):\d+$/i.test(text)) return parseTcpUrl(text);
  if (!URL.canParse(text)) return {};
  const url = new URL(text);
  if (url.protocol === 'https:') return { ...HTTP, reason: 'TLS to backends is not available' };
  if (url.protocol !== 'http:' || url.hostname === '') return {};
  if (url.username !== '' || url.password !== '') return { ...HTTP, reason: CREDENTIALS };
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    return { ...HTTP, reason: PATH };
  // URL mends what it can (blanks, a backslash, one slash too few); a configuration should not.
  if (!/^http:\/\/[^\s/\\?#@]+\/?$/i.test(text)) return HTTP;
  const port = url.port === '' ? HTTP_PORT : Number(url.port);
  return port === 0 ? HTTP : { host: unbracketed(url.hostname), port, mode: 'http' };
}

const HTTP: BadUrl = { expected: 'must be http://host:port' };
const TCP: BadUrl = { expected: 'must be tcp://host:port' };
const UNIX: BadUrl = { expected: 'must be unix:/path' };
const CREDENTIALS = 'it carries credentials';
const PATH = 'it carries a path';
const PORT = `the port must be 1 to ${PORT_MAX}`;

function parseTcpUrl(place: string): BackendAddress | BadUrl {
  if (place.includes('@')) return { ...TCP, reason: CREDENTIALS };
  if (/[/?#]/.test(place)) return { ...TCP, reason: PATH };
  // A URL of a known scheme, so that hosts are read as they are for HTTP.
  const url = `http://${place}`;
  const port = Number(/:(\d{1,5})$/.exec(place)?.[1] ?? 0);
  if (/[\s\\]/.test(place)) return TCP;
  if (port === 0 || port > PORT_MAX) return { ...TCP, reason: PORT };
  if (!URL.canParse(url)) return TCP;
  return { host: unbracketed(new URL(url).hostname), port, mode: 'tcp' };
}

function parseUnixUrl(text: string): BackendAddress | BadUrl {
  const path = text.replace(/^unix:(?:\/\/(?=\/))?/i, '');
  const problem = unixPathProblem(path);
  return problem === undefined ? { host: '', port: 0, unix: path } : { ...UNIX, reason: problem };
}

/** Why a Unix socket cannot have this path; undefined: it can. */
export function unixPathProblem(path: string): string | undefined {
  if (!path.startsWith('/')) return 'the path must be absolute';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is in it is what is asked
  if (/[\0-\x1f\x7f]/.test(path) || path.endsWith('/')) return 'it names no file';
  const isLong = new TextEncoder().encode(path).length > UNIX_PATH_BYTES_MAX;
  return isLong ? `the path must be at most ${UNIX_PATH_BYTES_MAX} bytes long` : undefined;
}

/** `9900`, `127.0.0.1:9900`, `[::1]:9900`, `name:9900`. */
export function parseListenAddress(text: string, defaultHost: string): Address | undefined {
  const match = /^(?:(\[[0-9a-f:.]+\]|[^\s:[\]/]+):)?(\d{1,5})$/i.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > PORT_MAX) return undefined;
  return { host: unbracketed(match[1] ?? defaultHost), port };
}

/** `host:port`, with the brackets that an IPv6 address needs there; `unix:/path`. */
export function formatAddress({ host, port, unix }: Address): string {
  if (unix !== undefined) return `unix:${unix}`;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The address that `formatAddress` wrote. */
export function addressFrom(text: string): Address {
  if (text.startsWith('unix:')) return { host: '', port: 0, unix: text.slice(5) };
  const colon = text.lastIndexOf(':');
  return { host: unbracketed(text.slice(0, colon)), port: Number(text.slice(colon + 1)) };
}

/** The URL of a backend, as it is shown. */
export function backendUrlOf(address: Address, mode: Mode): string {
  return address.unix === undefined
    ? `${mode}://${formatAddress(address)}`
    : formatAddress(address);
}

/** Reachable from this machine alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function unbracketed(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}
