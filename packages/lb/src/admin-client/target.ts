/** Which admin API `evenkeel admin` speaks to, and with which token: flags over file over environment. */

import { formatAddress, parseListenAddress, shown, type Variables } from '@evenkeel/config';
import { environmentLayer } from '../config/environment.ts';
import { ConfigError } from '../config/error.ts';
import { overlaid } from '../config/layers.ts';
import { fileLayer } from '../config/load.ts';

/** As the command line has them. */
export interface TargetFlags {
  readonly url?: string;
  readonly token?: string;
  readonly config?: string;
}

/** Where the admin API is, and what it is shown. */
export interface Target {
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string | undefined;
}

/** Where it is looked for if nothing says where it is. */
export const DEFAULT_URL = 'http://127.0.0.1:9900';

/** @throws {ConfigError} naming the flag, the variable or the place in the file */
export function targetOf(flags: TargetFlags, environment: Variables): Target {
  const file = flags.config === undefined ? [] : [fileLayer(flags.config, environment)];
  const { config, label } = overlaid(environmentLayer(environment), ...file);
  const { listen, token }: { listen?: string; token?: string } =
    config.admin === undefined || config.admin === 'off' ? {} : config.admin;
  return { url: urlFrom(flags, listen, label(['admin', 'listen'])), token: flags.token ?? token };
}

function urlFrom({ url }: TargetFlags, listen: string | undefined, listenLabel: string): string {
  const text = url ?? listen;
  if (text === undefined) return DEFAULT_URL;
  const found = urlOf(text);
  if (found !== undefined) return found;
  const field = url === undefined ? listenLabel : '--url';
  throw new ConfigError(
    `${field} must be http://HOST:PORT or [HOST:]PORT without credentials, got ${shown(text)}`,
  );
}

/** `9900`, `host:9900`, `http://host:9900`, `https://host/below`. */
function urlOf(text: string): string | undefined {
  if (/^https?:\/\//i.test(text)) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || url.username !== '' || url.password !== '') return undefined;
    return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  }
  const address = parseListenAddress(text, '127.0.0.1');
  if (address === undefined || address.port === 0) return undefined;
  return `http://${formatAddress({ ...address, host: reachable(address.host) })}`;
}

/** What listens at every address is asked at the loopback one. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}
