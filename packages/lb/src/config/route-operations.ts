/** What a route alone does: cut or replace its prefix, redirect, answer by itself. */

import type { ConfigFile, Path, RespondFile, Route } from '@evenkeel/config';
import type { FixedResponse, Redirect } from '../http1/operations/answers.ts';
import type { OperationsConfig } from '../http1/operations/operations.ts';
import type { PrefixEdit } from '../http1/operations/prefix.ts';
import { encodedPrefix, Router } from '../http1/router.ts';
import type { Findings } from './findings.ts';
import { checkOperations, type Level, operationsOf } from './operations.ts';

/** The client keeps its method, and asks again each time; https is for good. */
const REDIRECT_STATUS = 307;
const HTTPS_STATUS = 308;
const HTTPS = 'https';
const PLAIN_TEXT = 'text/plain; charset=utf-8';

export const PREFIX_EXPECTED =
  'must be a path that requests can have, without query, ; // . .. or needless escapes';

/** What no path holds: a query, a fragment. */
const NOT_IN_PATHS = /[?#]/;
/** Statuses whose responses have no body. */
const BODILESS: readonly (number | undefined)[] = [204, 205];

/** Whether a request for the prefix itself would be routed by it: some prefixes are ambiguous in themselves. */
export function canMatch(prefix: string): boolean {
  const itself = { to: 'itself' };
  const router = new Router([{ prefix, to: itself }, { to: { to: 'elsewhere' } }]);
  const request = { method: 'GET', host: '', path: prefix, field: (): undefined => undefined };
  return !NOT_IN_PATHS.test(prefix) && router.find(request) === itself;
}

/** No request of the route goes on to a service. */
export function answersByItself({ redirect, respond }: Route): boolean {
  const to = typeof redirect === 'object' ? redirect.to : redirect;
  return respond !== undefined || (to !== undefined && to !== HTTPS);
}

/** The route says more than where its requests go. */
export function hasOperations({ host: _, prefix: __, service: ___, ...keys }: Route): boolean {
  return Object.keys(keys).length > 0;
}

/** Its operations. @param levels its own level and those beyond, the nearest first */
export function routeOperations(
  route: Route,
  levels: readonly Level[],
): OperationsConfig | undefined {
  const { redirect, respond } = route;
  const prefix = prefixEdit(route);
  const operations: OperationsConfig = {
    ...operationsOf(levels),
    ...(redirect === undefined ? {} : { redirect: resolveRedirect(redirect) }),
    ...(respond === undefined ? {} : { respond: resolveRespond(respond) }),
    ...(prefix === undefined ? {} : { prefix }),
  };
  return Object.keys(operations).length === 0 ? undefined : operations;
}

function resolveRedirect(written: NonNullable<Route['redirect']>): Redirect {
  const { to, status } = typeof written === 'string' ? { to: written } : written;
  return { to, status: status ?? (to === HTTPS ? HTTPS_STATUS : REDIRECT_STATUS) };
}

function resolveRespond(written: NonNullable<Route['respond']>): FixedResponse {
  const file: RespondFile = typeof written === 'number' ? { status: written } : written;
  const { status = 200, body, contentType = PLAIN_TEXT } = file;
  const isBodiless = BODILESS.includes(status);
  return {
    status,
    contentType,
    ...(isBodiless ? { body: '' } : body === undefined ? {} : { body }),
  };
}

function prefixEdit({ prefix = '/', stripPrefix, replacePrefix }: Route): PrefixEdit | undefined {
  if (replacePrefix !== undefined) {
    return { strip: encodedPrefix(prefix), put: encodedPrefix(replacePrefix) };
  }
  if (stripPrefix === undefined || stripPrefix === false) return undefined;
  return { strip: encodedPrefix(stripPrefix === true ? prefix : stripPrefix), put: '' };
}

/** What of a route's operations cannot be used, or has no effect. */
export function checkRouteOperations(
  route: Route,
  path: Path,
  file: ConfigFile,
  findings: Findings,
): void {
  checkOperations({ keys: route, path, scope: '' }, file, findings);
  checkPrefix(route, path, findings);
  checkAnswers(route, path, findings);
  const to = typeof route.redirect === 'object' ? route.redirect.to : route.redirect;
  if (to === HTTPS && (file.forwarding?.trustedProxies ?? []).length === 0) {
    const never =
      'redirects every request: without forwarding.trustedProxies no X-Forwarded-Proto is believed';
    findings.warn([...path, 'redirect'], never);
  }
}

function checkPrefix(
  { prefix = '/', stripPrefix, replacePrefix }: Route,
  path: Path,
  findings: Findings,
): void {
  const cut = [...path, 'stripPrefix'];
  if (stripPrefix !== undefined && replacePrefix !== undefined) {
    findings.problem({ path: cut, message: 'must be left out with replacePrefix' });
  }
  if (replacePrefix !== undefined && !canMatch(replacePrefix)) {
    findings.wrong([...path, 'replacePrefix'], PREFIX_EXPECTED, replacePrefix);
  }
  if (stripPrefix === true && encodedPrefix(prefix) === '') {
    findings.problem({ path: cut, message: 'must be left out where the route has no prefix' });
  }
  if (typeof stripPrefix === 'string') {
    const isWithin = `${encodedPrefix(prefix)}/`.startsWith(`${encodedPrefix(stripPrefix)}/`);
    const expected = `must be the beginning of the route's prefix, which is ${prefix}`;
    if (!isWithin) findings.wrong(cut, expected, stripPrefix);
  }
}

/** What is for requests that go to a service. */
const ON_THE_WAY = [
  'service',
  'stripPrefix',
  'replacePrefix',
  'setRequest',
  'addRequest',
  'removeRequest',
] as const;

function checkAnswers(route: Route, path: Path, findings: Findings): void {
  const { redirect, respond } = route;
  if (redirect !== undefined && respond !== undefined) {
    findings.problem({ path: [...path, 'respond'], message: 'must be left out with redirect' });
  }
  if (typeof respond === 'object' && BODILESS.includes(respond.status) && respond.body) {
    const message = `must be left out with status ${respond.status}, which has none`;
    findings.problem({ path: [...path, 'respond', 'body'], message });
  }
  if (!answersByItself(route)) return;
  for (const key of ON_THE_WAY.filter((name) => route[name] !== undefined)) {
    findings.warn([...path, key], 'has no effect: the route answers by itself');
  }
}
