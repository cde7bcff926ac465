/**
 * Which service a request goes to: the exact host before `*.` hosts before routes without one, and
 * among them the longest path prefix on whole segments.
 *
 * With several routes a prefix is a boundary that operators rely on. So a path that backends read
 * in more than one way (path-readings.ts) is routed only if every reading leads to the same service; it
 * is then passed on as it came.
 */

import { isIPv6, SocketAddress } from 'node:net';
import type { RequestFacts } from '../stream.ts';
import { decoded, hasEncodedControl, isSpecial, readings } from './path-readings.ts';

/** Backends could read the target in ways that lead to different services. */
export const AMBIGUOUS = 'ambiguous';

/** What a target never holds as it is; a configured prefix may. */
const NOT_IN_TARGETS = /[^\x21-\x7e]+/g;

interface RouteTo<D> {
  readonly host?: string | undefined;
  readonly prefix?: string | undefined;
  readonly to: D;
}

interface PrefixEntry<D> {
  /** Without a final slash; empty matches all. */
  readonly prefix: string;
  readonly decodedPrefix: string;
  readonly to: D;
}

type Prefixes<D> = readonly PrefixEntry<D>[];

/** A compiled routing table. */
export class Router<D extends object> {
  readonly #only: D | undefined;
  readonly #anyHost: Prefixes<D>;
  readonly #byHost = new Map<string, PrefixEntry<D>[]>();
  /** By what follows the `*.`. */
  readonly #byDomain = new Map<string, PrefixEntry<D>[]>();

  constructor(routes: readonly RouteTo<D>[]) {
    const anyHost: PrefixEntry<D>[] = [];
    for (const { host, prefix = '/', to } of routes) {
      const encoded = encodedPrefix(prefix);
      const entry = { prefix: encoded, decodedPrefix: decoded(encoded), to };
      this.#listFor(host, anyHost).push(entry);
    }
    const longestFirst = (a: PrefixEntry<D>, b: PrefixEntry<D>): number =>
      b.prefix.length - a.prefix.length;
    anyHost.sort(longestFirst);
    for (const list of this.#byHost.values()) list.sort(longestFirst);
    for (const list of this.#byDomain.values()) list.sort(longestFirst);
    this.#anyHost = anyHost;
    const [first] = anyHost;
    if (routes.length === 1 && first?.prefix === '') this.#only = first.to;
  }

  /** Where a request goes; undefined if no route matches. */
  find(facts: RequestFacts): D | typeof AMBIGUOUS | undefined {
    if (this.#only !== undefined) return this.#only;
    const host = canonicalHost(facts.host);
    // An escape in a host name is legal and pointless: a backend may decode it to a routed name.
    const hasHosts = this.#byHost.size + this.#byDomain.size > 0;
    if (hasHosts && host.includes('%')) return AMBIGUOUS;
    return atAll(this.#tablesFor(host), facts.path);
  }

  #listFor(host: string | undefined, anyHost: PrefixEntry<D>[]): PrefixEntry<D>[] {
    if (host === undefined) return anyHost;
    const name = canonicalHost(host);
    const isDomain = name.startsWith('*.');
    const table = isDomain ? this.#byDomain : this.#byHost;
    const key = isDomain ? name.slice(2) : name;
    const list = table.get(key) ?? [];
    table.set(key, list);
    return list;
  }

  /** The tables that a host's requests are looked up in, the most specific one first. */
  #tablesFor(host: string): Prefixes<D>[] {
    const tables: Prefixes<D>[] = [];
    const own = this.#byHost.get(host);
    if (own !== undefined) tables.push(own);
    if (this.#byDomain.size > 0) {
      for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
        const domain = this.#byDomain.get(host.slice(dot + 1));
        if (domain !== undefined) tables.push(domain);
      }
    }
    tables.push(this.#anyHost);
    return tables;
  }
}

/** A configured prefix as it begins targets: escaped where it must be, without a final slash. */
export function encodedPrefix(prefix: string): string {
  return upperCaseEscapes(prefix.replace(/\/+$/, '').replace(NOT_IN_TARGETS, encodeURI));
}

/** Where all readings of a path lead. */
function atAll<D>(tables: readonly Prefixes<D>[], path: string): D | typeof AMBIGUOUS | undefined {
  if (!isSpecial(path)) return longest(tables, path, false);
  if (hasEncodedControl(path)) return AMBIGUOUS;
  const plain = upperCaseEscapes(path);
  const to = longest(tables, plain, false);
  const agree = readings(plain)?.every(
    (reading) => longest(tables, reading.path, reading.isDecoded) === to,
  );
  return agree ? to : AMBIGUOUS;
}

function longest<D>(
  tables: readonly Prefixes<D>[],
  path: string,
  isDecoded: boolean,
): D | undefined {
  for (const table of tables) {
    for (const entry of table) {
      const prefix = isDecoded ? entry.decodedPrefix : entry.prefix;
      if (!path.startsWith(prefix)) continue;
      if (path.length === prefix.length || path[prefix.length] === '/') return entry.to;
    }
  }
  return undefined;
}

/** Escapes are the same in either case (RFC 3986 section 6.2.2.1). */
function upperCaseEscapes(path: string): string {
  return path.replace(/%[0-9a-f]{2}/gi, (text) => text.toUpperCase());
}

/**
 * Lower case, without port and final dot, an IPv6 address in its short form: a route's host is the same host
 * on any port, however it is written.
 */
export function canonicalHost(host: string): string {
  const name = host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
  const address = name.startsWith('[') ? name.slice(1, -1) : '';
  return isIPv6(address) ? `[${new SocketAddress({ address, family: 'ipv6' }).address}]` : name;
}
