/**
 * The addresses that a user types: backend URLs, and `[HOST:]PORT` to listen on. The parsers return
 * undefined, or what was expected, so that each caller can name its own field.
 */

/** Host and port to listen on or to dial. */
export interface Address {
  /** A name or an IP address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

const PORT_MAX = 65_535;
const HTTP_PORT = 80;

/** What a backend URL must be; `reason` says what is wrong with one that is nearly right. */
export interface BadUrl {
  readonly reason?: string;
}

/** `http://host:port` and nothing more. The port may be left out (80). */
export function parseBackendUrl(text: string): Address | BadUrl {
  if (!URL.canParse(text)) return {};
  const url = new URL(text);
  if (url.protocol === 'https:') return { reason: 'TLS to backends is not available' };
  if (url.protocol !== 'http:' || url.hostname === '') return {};
  if (url.username !== '' || url.password !== '') return { reason: 'it carries credentials' };
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    return { reason: 'it carries a path' };
  }
  // URL mends what it can (blanks, a backslash, one slash too few); a configuration should not.
  if (!/^http:\/\/[^\s/\\?#@]+\/?$/i.test(text)) return {};
  const port = url.port === '' ? HTTP_PORT : Number(url.port);
  return port === 0 ? {} : { host: unbracketed(url.hostname), port };
}

/** `9900`, `127.0.0.1:9900`, `[::1]:9900`, `name:9900`. */
export function parseListenAddress(text: string, defaultHost: string): Address | undefined {
  const match = /^(?:(\[[0-9a-f:.]+\]|[^\s:[\]/]+):)?(\d{1,5})$/i.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > PORT_MAX) return undefined;
  return { host: unbracketed(match[1] ?? defaultHost), port };
}

/** `host:port`, with the brackets that an IPv6 address needs there. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Reachable from this machine alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function unbracketed(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}
