/**
 * Which service a request goes to: exact host, then the longest path prefix on whole segments.
 *
 * With several routes a prefix is a boundary that somebody may rely on, so a path that a backend
 * could resolve to another place (`..`, in any spelling) is refused rather than interpreted.
 */

import { BAD, latin1 } from './head.ts';
import type { RequestHead } from './request-head.ts';

/** No route matches. */
export const NO_ROUTE = -404;

interface Routed<G> {
  readonly host?: string | undefined;
  readonly prefix?: string | undefined;
  readonly group: G;
}

interface PrefixRoute<G> {
  /** Without a final slash; empty matches all. */
  readonly prefix: string;
  readonly group: G;
}

/** A compiled routing table. */
export class Router<G extends object> {
  readonly #only: G | undefined;
  readonly #anyHost: readonly PrefixRoute<G>[];
  readonly #byHost: ReadonlyMap<string, readonly PrefixRoute<G>[]>;

  constructor(routes: readonly Routed<G>[]) {
    const byHost = new Map<string, PrefixRoute<G>[]>();
    const anyHost: PrefixRoute<G>[] = [];
    for (const { host, prefix = '/', group } of routes) {
      const route = { prefix: prefix.replace(/\/+$/, ''), group };
      if (host === undefined) {
        anyHost.push(route);
      } else {
        const key = canonicalHost(host);
        byHost.set(key, [...(byHost.get(key) ?? []), route]);
      }
    }
    const longestFirst = (a: PrefixRoute<G>, b: PrefixRoute<G>): number =>
      b.prefix.length - a.prefix.length;
    anyHost.sort(longestFirst);
    for (const list of byHost.values()) list.sort(longestFirst);
    this.#anyHost = anyHost;
    this.#byHost = byHost;
    const [first] = anyHost;
    if (routes.length === 1 && first?.prefix === '') this.#only = first.group;
  }

  /** The group, BAD or NO_ROUTE. */
  find(head: RequestHead, host: string): G | number {
    if (this.#only !== undefined) return this.#only;
    const path = pathOf(head);
    if (hasDotSegment(path)) return BAD;
    const own = this.#byHost.get(canonicalHost(host));
    const group = (own && longest(own, path)) ?? longest(this.#anyHost, path);
    return group ?? NO_ROUTE;
  }
}

function longest<G>(routes: readonly PrefixRoute<G>[], path: string): G | undefined {
  for (const { prefix, group } of routes) {
    if (!path.startsWith(prefix)) continue;
    if (path.length === prefix.length || path[prefix.length] === '/') return group;
  }
  return undefined;
}

/** Lower case and without the default port. */
function canonicalHost(host: string): string {
  return host.toLowerCase().replace(/:80$/, '').replace(/:$/, '');
}

function pathOf(head: RequestHead): string {
  const target = latin1(head.fields.bytes, head.pathStart, head.targetEnd);
  const query = target.indexOf('?');
  const path = query < 0 ? target : target.slice(0, query);
  return path === '' ? '/' : path;
}

/** A segment `.` or `..`, however its dots and separators are spelled. */
function hasDotSegment(path: string): boolean {
  if (!path.includes('.') && !path.includes('%')) return false;
  const plain = path.replace(/%2e/gi, '.').replace(/%2f|%5c|\\/gi, '/');
  return /(?:^|\/)\.{1,2}(?:$|[/;])/.test(plain);
}
