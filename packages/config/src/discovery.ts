/**
 * Sources in which backends are found while the program runs, as a user writes them: a name in the DNS
 * whose addresses all serve one port, a name whose SRV records tell hosts and ports, a watched file.
 */

import { z } from 'zod';
import { type Address, type BadUrl, parseListenAddress } from './address.ts';
import { type BackendSettings, backendSettings } from './backend-settings.ts';
import { list, mapping, milliseconds } from './fields.ts';

/** A source of backends, and how those that it finds are used where it does not say so itself. */
export interface DiscoveryFile extends BackendSettings {
  /** `dns://name:port`, `dns+srv://_service._proto.name` or `file:///path`. */
  readonly url: string;
  /** Shortest time between two questions, whatever the TTL; default 1 s. */
  readonly minRefresh?: number;
  /** Longest time between two questions, whatever the TTL; default 30 s. */
  readonly maxRefresh?: number;
}

/** One source or several, each by its URL alone or with its bounds. */
export type DiscoveryKey = DiscoveryFile | string | readonly (DiscoveryFile | string)[];

/** Where a source looks. */
export type DiscoveryTarget =
  | {
      readonly kind: 'dns';
      readonly name: string;
      readonly port: number;
      readonly server?: Address;
    }
  | { readonly kind: 'srv'; readonly name: string; readonly server?: Address }
  | { readonly kind: 'file'; readonly path: string };

const EXPECTED = 'must be dns://name:port, dns+srv://_service._proto.name or file:///path';
const DNS_PORT = 53;
const NAME_LENGTH_MAX = 253;

/** Takes the URL of a source apart. */
export function parseDiscoveryUrl(text: string): DiscoveryTarget | BadUrl {
  const [, scheme = '', rest = ''] = /^([a-z+]+):\/\/(.*)$/i.exec(text) ?? [];
  switch (scheme.toLowerCase()) {
    case 'dns':
      return parseDns(rest, true);
    case 'dns+srv':
      return parseDns(rest, false);
    case 'file':
      return parseFile(rest);
    case 'http':
    case 'https':
      return { reason: 'the address of a backend belongs to backends' };
    default:
      return {};
  }
}

function parseDns(rest: string, hasPort: boolean): DiscoveryTarget | BadUrl {
  const [place = '', ...queries] = rest.split('?');
  const [, name, digits] = /^([^:/]+)(?::(\d{1,5}))?\/?$/.exec(place) ?? [];
  if (name === undefined) return {};
  if (/^[\d.]+$/.test(name)) {
    return { reason: 'an address needs no look-up: it belongs to backends' };
  }
  if (!isDnsName(name)) return { reason: 'it holds no name that the DNS can have' };
  if (hasPort !== (digits !== undefined)) {
    return { reason: hasPort ? 'the port is missing' : 'SRV records bring their own ports' };
  }
  const port = Number(digits ?? 0);
  if (hasPort && (port < 1 || port > 65_535)) return { reason: 'the port must be 1 to 65535' };
  const server = queries.length === 0 ? undefined : parseServer(queries.join('?'));
  if (server === null) return { reason: 'all that may follow is ?server=IP:PORT' };
  const common = server === undefined ? { name } : { name, server };
  return hasPort ? { kind: 'dns', port, ...common } : { kind: 'srv', ...common };
}

/** @returns null if it is anything else than `server=IP[:PORT]` */
function parseServer(query: string): Address | null {
  const [, written = ''] = /^server=(\[?[\da-f.:]+\]?(?::\d+)?)$/i.exec(query) ?? [];
  const isAlone = /^(?:[\d.]+|\[[\da-f:.]+\])$/i.test(written);
  const isBareV6 = !written.startsWith('[') && written.split(':').length > 2;
  if (isBareV6) return { host: written, port: DNS_PORT };
  const address = parseListenAddress(isAlone ? `${written}:${DNS_PORT}` : written, '');
  return address === undefined || address.host === '' || address.port === 0 ? null : address;
}

function parseFile(rest: string): DiscoveryTarget | BadUrl {
  if (!rest.startsWith('/')) return { reason: 'the path must be absolute: file:///path' };
  if (/[?#]/.test(rest)) return { reason: 'a query or fragment has no meaning for a file' };
  try {
    const path = decodeURIComponent(rest);
    return path.includes('\0') || path.endsWith('/') ? {} : { kind: 'file', path };
  } catch {
    return { reason: 'its % signs are not properly encoded' };
  }
}

/** Letters, digits, `-` and `_` in labels of 1 to 63; a final dot says that the name is complete. */
function isDnsName(name: string): boolean {
  const labels = name.replace(/\.$/, '').split('.');
  return name.length <= NAME_LENGTH_MAX && labels.every((label) => /^[\w-]{1,63}$/.test(label));
}

function discoveryUrl(): z.ZodString {
  return z.string({ error: EXPECTED }).refine((value) => 'kind' in parseDiscoveryUrl(value), {
    error: (issue) => {
      const parsed = parseDiscoveryUrl(String(issue.input));
      const reason = 'reason' in parsed ? ` (${parsed.reason})` : '';
      return `${EXPECTED}${reason}`;
    },
  });
}

const source = mapping({
  ...backendSettings,
  url: discoveryUrl(),
  minRefresh: z.exactOptional(milliseconds()),
  maxRefresh: z.exactOptional(milliseconds()),
});

const SOURCES_MAX = 100;

/** The key `discovery`. */
export const discoveryKey: z.ZodType<DiscoveryKey> = z.union([
  discoveryUrl(),
  list(z.union([discoveryUrl(), source]), 1, SOURCES_MAX),
  source,
]);
