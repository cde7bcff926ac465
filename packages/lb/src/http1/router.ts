/**
 * Which service a request goes to: exact host, then the longest path prefix on whole segments.
 *
 * With several routes a prefix is a boundary that somebody may rely on, so a path that a backend
 * could resolve to another place (`..`, in any spelling) is refused rather than interpreted.
 */

import type { RequestFacts } from '../stream.ts';

/** Backends could read the target in ways that lead to different services. */
export const AMBIGUOUS = 'ambiguous';

interface RouteTo<D> {
  readonly host?: string | undefined;
  readonly prefix?: string | undefined;
  readonly to: D;
}

interface PrefixEntry<D> {
  /** Without a final slash; empty matches all. */
  readonly prefix: string;
  readonly to: D;
}

/** A compiled routing table. */
export class Router<D extends object> {
  readonly #only: D | undefined;
  readonly #anyHost: readonly PrefixEntry<D>[];
  readonly #byHost: ReadonlyMap<string, readonly PrefixEntry<D>[]>;

  constructor(routes: readonly RouteTo<D>[]) {
    const byHost = new Map<string, PrefixEntry<D>[]>();
    const anyHost: PrefixEntry<D>[] = [];
    for (const { host, prefix = '/', to } of routes) {
      const route = { prefix: prefix.replace(/\/+$/, ''), to };
      if (host === undefined) {
        anyHost.push(route);
      } else {
        const key = canonicalHost(host);
        byHost.set(key, [...(byHost.get(key) ?? []), route]);
      }
    }
    const longestFirst = (a: PrefixEntry<D>, b: PrefixEntry<D>): number =>
      b.prefix.length - a.prefix.length;
    anyHost.sort(longestFirst);
    for (const list of byHost.values()) list.sort(longestFirst);
    this.#anyHost = anyHost;
    this.#byHost = byHost;
    const [first] = anyHost;
    if (routes.length === 1 && first?.prefix === '') this.#only = first.to;
  }

  /** Where a request goes; undefined if no route matches. */
  find(facts: RequestFacts): D | typeof AMBIGUOUS | undefined {
    if (this.#only !== undefined) return this.#only;
    const { path } = facts;
    if (hasDotSegment(path)) return AMBIGUOUS;
    const own = this.#byHost.get(canonicalHost(facts.host));
    return (own && longest(own, path)) ?? longest(this.#anyHost, path);
  }
}

function longest<D>(routes: readonly PrefixEntry<D>[], path: string): D | undefined {
  for (const { prefix, to } of routes) {
    if (!path.startsWith(prefix)) continue;
    if (path.length === prefix.length || path[prefix.length] === '/') return to;
  }
  return undefined;
}

/** Lower case and without the default port. */
function canonicalHost(host: string): string {
  return host.toLowerCase().replace(/:80$/, '').replace(/:$/, '');
}

/** A segment `.` or `..`, however its dots and separators are spelled. */
function hasDotSegment(path: string): boolean {
  if (!path.includes('.') && !path.includes('%')) return false;
  const plain = path.replace(/%2e/gi, '.').replace(/%2f|%5c|\\/gi, '/');
  return /(?:^|\/)\.{1,2}(?:$|[/;])/.test(plain);
}
