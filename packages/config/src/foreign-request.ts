/**
 * Requests that a web page makes behind the back of an operator, told by what no page can forge. An API
 * on a loopback address without a token is reached by every page that is open on the same machine: a
 * page can send requests there (cross-site request forgery), and can even read the answers by a name of
 * its own that resolves to 127.0.0.1 (DNS rebinding). Browsers tell both, by Origin and Host.
 */

/** The fields of a request that tell. */
export interface RequestOrigin {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
}

/**
 * Whether a request must be refused by an API without a token.
 * @param ownName a name under which it may be asked, besides localhost and IP addresses
 * @returns why, or undefined if it may be served
 */
export function foreignRequest(
  { host = '', origin }: RequestOrigin,
  ownName = 'localhost',
): string | undefined {
  const authority = host.toLowerCase();
  const isSameOrigin = (text: string): boolean =>
    text === `http://${authority}` || text === `https://${authority}`;
  if (origin !== undefined && !isSameOrigin(origin.toLowerCase())) {
    return 'requests of other origins are not served';
  }
  const name = authority.replace(/:\d*$/, '');
  const isOwn = ['', 'localhost', ownName.toLowerCase()].includes(name) || isAddress(name);
  return isOwn ? undefined : 'without a token, only localhost or an IP address may be the host';
}

/** Digits alone are no name that could be resolved to something else. */
function isAddress(name: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(name) || /^\[[\da-f:.]+\]$/.test(name);
}
