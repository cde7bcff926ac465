/**
 * What the machine says of names besides the DNS: resolv.conf(5) with its servers, search list and options,
 * and hosts(5). Lines that cannot be read are passed over, as the C library does.
 */

import { isIP } from 'node:net';
import type { Address } from '@evenkeel/config';

/** resolv.conf, complete. */
export interface ResolvConf {
  /** Asked in this order; never empty. */
  readonly servers: readonly Address[];
  /** Suffixes that are tried for names that are not complete. */
  readonly search: readonly string[];
  /** A name with fewer dots is tried with the suffixes first. */
  readonly ndots: number;
  readonly timeoutMs: number;
  /** Rounds over the servers. */
  readonly attempts: number;
}

const DNS_PORT = 53;
const LOCAL: readonly Address[] = [{ host: '127.0.0.1', port: DNS_PORT }];
/** As many as the C library has of each; of suffixes it had 6 for decades. */
const SERVERS_MAX = 3;
const SEARCH_MAX = 32;
const NDOTS_MAX = 15;
const TIMEOUT_S_MAX = 30;
const ATTEMPTS_MAX = 5;
/** A lost packet should not cost the 5 s that programs used to wait when links were slow. */
const TIMEOUT_S = 2;
const ATTEMPTS = 2;

/** Reads resolv.conf; what it does not say has its default. */
export function parseResolvConf(text: string): ResolvConf {
  const servers: Address[] = [];
  let search: string[] = [];
  const options = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [keyword, ...words] = line
      .replace(/[#;].*$/, '')
      .trim()
      .split(/\s+/);
    const [first = ''] = words;
    // A zone (`fe80::1%eth0`) is part of the address.
    if (keyword === 'nameserver' && isIP(first) !== 0)
      servers.push({ host: first, port: DNS_PORT });
    if (keyword === 'search') search = words;
    if (keyword === 'domain') search = words.slice(0, 1);
    if (keyword === 'options') for (const word of words) readOption(word, options);
  }
  return {
    servers: servers.length === 0 ? LOCAL : servers.slice(0, SERVERS_MAX),
    search: search
      .map((suffix) => suffix.replace(/^\.|\.$/g, ''))
      .filter((suffix) => suffix !== '')
      .slice(0, SEARCH_MAX),
    ndots: Math.min(options.get('ndots') ?? 1, NDOTS_MAX),
    timeoutMs: Math.min(Math.max(options.get('timeout') ?? TIMEOUT_S, 1), TIMEOUT_S_MAX) * 1000,
    attempts: Math.min(Math.max(options.get('attempts') ?? ATTEMPTS, 1), ATTEMPTS_MAX),
  };
}

function readOption(word: string, options: Map<string, number>): void {
  const [, name, digits] = /^(ndots|timeout|attempts):(\d{1,9})$/.exec(word) ?? [];
  if (name !== undefined) options.set(name, Number(digits));
}

/** The complete names that a name may stand for, in the order in which they are tried. */
export function candidatesOf(name: string, { search, ndots }: ResolvConf): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const dots = name.split('.').length - 1;
  const searched = search.map((suffix) => `${name}.${suffix}`);
  return dots >= ndots ? [name, ...searched] : [...searched, name];
}

/** The addresses that hosts(5) has for a name. */
export function addressesIn(text: string, name: string): string[] {
  const wanted = name.replace(/\.$/, '').toLowerCase();
  const found = new Set<string>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*$/, '').trim().split(/\s+/);
    if (isIP(address) === 0) continue;
    if (names.some((other) => other.toLowerCase() === wanted)) found.add(address);
  }
  return [...found];
}
