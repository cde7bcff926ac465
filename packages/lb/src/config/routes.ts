/** Routes that fit together: each can match, no two are the same, no service is left without one. */

import { type ConfigFile, noneOf, type Path, type Route } from '@evenkeel/config';
import type { OperationsConfig } from '../http1/operations/operations.ts';
import { canonicalHost } from '../http1/router.ts';
import type { Findings } from './findings.ts';
import { checkOperations, levelsOf, operationsOf } from './operations.ts';
import {
  answersByItself,
  canMatch,
  checkRouteOperations,
  hasOperations,
  PREFIX_EXPECTED,
  routeOperations,
} from './route-operations.ts';
import type { RouteConfig, ServiceConfig } from './types.ts';

const UNREACHED = 'is reached by no route';

/**
 * The routes of a configuration, which lead to all services but those of listeners in mode tcp.
 * @param services those of them that are in order
 * @param tcp the names of those in mode tcp
 * @param isAsked there is a listener in mode http
 */
export function resolveRoutes(
  file: ConfigFile,
  services: readonly ServiceConfig[],
  tcp: ReadonlySet<string>,
  isAsked: boolean,
  findings: Findings,
): readonly RouteConfig[] {
  const written = file.routes ?? [];
  const all =
    file.services === undefined ? services.map(({ name }) => name) : Object.keys(file.services);
  const names = all.filter((name) => !tcp.has(name));
  if (!isAsked) {
    warnOfUnasked(file, names, findings);
    return [];
  }
  if (names.length === 0 && all.length > 0) {
    const message =
      'must name a service that no listener in mode tcp has: there is one in mode http';
    findings.problem({ path: ['services'], message });
    return [];
  }
  for (const level of names.flatMap((name) => levelsOf(file, name).slice(0, -1))) {
    checkOperations(level, file, findings);
  }
  checkOperations({ keys: file, path: [], scope: '' }, file, findings);
  if (written.length === 0 && names.length > 1) {
    const message = 'must say which service takes which requests';
    findings.problem({ path: ['routes'], message });
  }
  if (names.length === 0 && written.length === 0) return [];
  const routes = resolveEach(written.length === 0 ? [{}] : written, names, file, findings);
  const routed = new Set(routes.map(({ service }) => service));
  for (const name of names.filter((name) => written.length > 0 && !routed.has(name))) {
    findings.warn(file.services === undefined ? ['routes'] : ['services', name], UNREACHED);
  }
  checkCookies(routes, services, findings);
  return routes;
}

function resolveEach(
  routes: readonly Route[],
  names: readonly string[],
  file: ConfigFile,
  findings: Findings,
): RouteConfig[] {
  const places = new Map<string, number>();
  /** Of services; routes that add none share the object, and so paths that could be read as either's. */
  const shared = new Map<string, OperationsConfig | undefined>();
  return routes.map((route, index) => {
    const path = ['routes', index];
    const service = serviceOf(route, names, path, findings);
    checkMatch(route, path, places, findings);
    const { host, prefix } = route;
    const scope = `route ${JSON.stringify(placeOf(route))}`;
    checkRouteOperations(route, path, file, findings);
    const beyond = levelsOf(file, service);
    if (!shared.has(String(service))) shared.set(String(service), operationsOf(beyond));
    const operations = hasOperations(route)
      ? routeOperations(route, [{ keys: route, path, scope }, ...beyond])
      : shared.get(String(service));
    return {
      ...(host === undefined ? {} : { host }),
      ...(prefix === undefined ? {} : { prefix }),
      ...(service === undefined ? {} : { service }),
      ...(operations === undefined ? {} : { operations }),
    };
  });
}

/** Without a listener in mode http nothing asks for routes, nor for the services that they lead to. */
function warnOfUnasked(file: ConfigFile, names: readonly string[], findings: Findings): void {
  if (file.routes !== undefined && file.routes.length > 0) {
    findings.warn(['routes'], 'have no effect without a listener in mode http');
  }
  for (const name of file.services === undefined ? [] : names) {
    findings.warn(['services', name], 'is reached by no listener');
  }
}

/** The service of a route: the one that it names, or the only one. */
function serviceOf(
  route: Route,
  names: readonly string[],
  path: Path,
  findings: Findings,
): string | undefined {
  const [only] = names;
  if (route.service === undefined && answersByItself(route)) return undefined;
  if (route.service === undefined && names.length === 1) return only;
  if (route.service !== undefined && names.includes(route.service)) return route.service;
  const expected = names.length === 0 ? 'must name a service' : noneOf(names, route.service);
  findings.wrong([...path, 'service'], expected, route.service);
  return undefined;
}

/** Two routes with the same place match the same requests. */
function placeOf({ host, prefix = '/' }: Route): readonly (string | undefined)[] {
  return [host && canonicalHost(host), prefix.replace(/\/+$/, '')];
}

function checkMatch(
  route: Route,
  path: Path,
  places: Map<string, number>,
  findings: Findings,
): void {
  const { prefix = '/' } = route;
  if (!canMatch(prefix)) findings.wrong([...path, 'prefix'], PREFIX_EXPECTED, prefix);
  const key = JSON.stringify(placeOf(route));
  const first = places.get(key);
  if (first === undefined) places.set(key, Number(path[1]));
  else
    findings.problem({ path, message: `must differ from routes[${first}]: both match the same` });
}

/** Two services that bind sessions by one cookie at one host would unbind each other's. */
function checkCookies(
  routes: readonly RouteConfig[],
  services: readonly ServiceConfig[],
  findings: Findings,
): void {
  const cookies = new Map(services.map(({ name, strategy }) => [name, strategy.affinity?.cookie]));
  const bound = routes.flatMap(({ service = '', host }, index) => {
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
