/** Routes that fit together: each can match, no two are the same, no service is left without one. */

import { type ConfigFile, noneOf, type Path, type Route } from '@evenkeel/config';
import { canonicalHost, Router } from '../http1/router.ts';
import type { Findings } from './findings.ts';
import type { ServiceConfig } from './types.ts';

/** What no path holds: a query, a fragment. */
const NOT_IN_PATHS = /[?#]/;

/**
 * The routes of a configuration.
 * @param services those of them that are in order
 */
export function resolveRoutes(
  file: ConfigFile,
  services: readonly ServiceConfig[],
  findings: Findings,
): readonly Route[] {
  const { routes = [] } = file;
  const names =
    file.services === undefined ? services.map(({ name }) => name) : Object.keys(file.services);
  const [only] = names;
  if (routes.length === 0) {
    if (only === undefined) return [];
    if (names.length === 1) return [{ service: only }];
    const message = 'must say which service takes which requests';
    findings.problem({ path: ['routes'], message });
    return [];
  }
  const places = new Map<string, number>();
  for (const [index, route] of routes.entries()) {
    const path = ['routes', index];
    if (!names.includes(route.service)) {
      const expected = names.length === 0 ? 'must name a service' : noneOf(names, route.service);
      findings.wrong([...path, 'service'], expected, route.service);
    }
    checkRoute(route, path, places, findings);
  }
  const routed = new Set(routes.map(({ service }) => service));
  for (const name of names.filter((name) => !routed.has(name))) {
    findings.warn(file.services === undefined ? ['routes'] : ['services', name], UNREACHED);
  }
  checkCookies(routes, services, findings);
  return routes;
}

const UNREACHED = 'is reached by no route';

function checkRoute(
  { host, prefix = '/' }: Route,
  path: Path,
  places: Map<string, number>,
  findings: Findings,
): void {
  if (!canMatch(prefix)) {
    const expected =
      'must be a path that requests can have, without query, ; // . .. or needless escapes';
    findings.wrong([...path, 'prefix'], expected, prefix);
  }
  const key = JSON.stringify([host && canonicalHost(host), prefix.replace(/\/+$/, '')]);
  const first = places.get(key);
  if (first === undefined) places.set(key, Number(path[1]));
  else
    findings.problem({ path, message: `must differ from routes[${first}]: both match the same` });
}

/** Whether a request for the prefix itself would be routed by it: some prefixes are ambiguous in themselves. */
function canMatch(prefix: string): boolean {
  const itself = { to: 'itself' };
  const router = new Router([{ prefix, to: itself }, { to: { to: 'elsewhere' } }]);
  const request = { method: 'GET', host: '', path: prefix, field: (): undefined => undefined };
  return !NOT_IN_PATHS.test(prefix) && router.find(request) === itself;
}

/** Two services that bind sessions by one cookie at one host would unbind each other's. */
function checkCookies(
  routes: readonly Route[],
  services: readonly ServiceConfig[],
  findings: Findings,
): void {
  const cookies = new Map(services.map(({ name, strategy }) => [name, strategy.affinity?.cookie]));
  const bound = routes.flatMap(({ service, host }, index) => {
    const cookie = cookies.get(service);
    return cookie === undefined
      ? []
      : [{ service, host: host && canonicalHost(host), cookie, index }];
  });
  const told = new Set<string>();
  for (const [i, one] of bound.entries()) {
    const other = bound.slice(0, i).find(({ service, host, cookie }) => {
      return service !== one.service && cookie === one.cookie && overlap(host, one.host);
    });
    if (other === undefined || told.has(one.service)) continue;
    told.add(one.service);
    const expected = `must not have the cookie of ${other.service}, which is routed to at the same host`;
    findings.wrong(['services', one.service, 'strategy'], expected, one.cookie);
  }
}

/** A request can have a host that both stand for. */
function overlap(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined || a === b) return true;
  return covers(a, b) || covers(b, a);
}

function covers(pattern: string, host: string): boolean {
  return pattern.startsWith('*.') && host.endsWith(pattern.slice(1));
}
