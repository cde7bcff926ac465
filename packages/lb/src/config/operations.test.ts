/** What the operations of routes, services and the top level come to together, and what contradicts itself. */

import type { ConfigFile } from '@evenkeel/config';
import { describe, expect, test } from 'vitest';
import { strategyTable } from '../strategies.ts';
import { ConfigError } from './error.ts';
import { parseConfig } from './parse.ts';
import { resolveWithWarnings } from './resolve.ts';
import type { RouteConfig } from './types.ts';

const ONE = ['http://127.0.0.1:9001'];
const TWO = ['http://127.0.0.1:9002'];
const SERVICES = { a: { backends: ONE }, b: { backends: TWO } };

function resolve(file: unknown): ReturnType<typeof resolveWithWarnings> {
  return resolveWithWarnings(parseConfig(file), strategyTable());
}

function routesOf(file: unknown): readonly RouteConfig[] {
  return resolve(file).config.routes;
}

function problemsOf(file: unknown): string {
  try {
    resolve(file);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
  }
  return '';
}

test('nothing configured is nothing to do', () => {
  expect(routesOf({ backends: ONE })).toEqual([{ service: 'default' }]);
});

test('the nearest level has the say; fields add up', () => {
  const [a, b, login] = routesOf({
    rateLimit: '10/s',
    deny: ['192.0.2.1'],
    setRequest: { 'X-Level': 'top', 'X-Top': '1' },
    services: {
      a: { ...SERVICES.a, rateLimit: '20/s', setRequest: { 'x-level': 'service' } },
      b: SERVICES.b,
    },
    routes: [
      { service: 'a' },
      { service: 'b', host: 'b' },
      { service: 'a', prefix: '/login', rateLimit: '1/s', removeRequest: ['X_Top'] },
    ],
  });
  expect(a?.operations?.rateLimit).toMatchObject({ count: 20, burst: 20, scope: 'service a' });
  expect(b?.operations?.rateLimit).toMatchObject({ count: 10, scope: 'all', key: 'ip' });
  expect(login?.operations?.rateLimit?.scope).toBe('route [null,"/login"]');
  expect(login?.operations?.access).toEqual({ deny: ['192.0.2.1'] });
  expect(a?.operations?.request?.write).toEqual([
    { name: 'X-Top', value: '1' },
    { name: 'x-level', value: 'service' },
  ]);
  expect(login?.operations?.request?.write).toEqual([{ name: 'x-level', value: 'service' }]);
});

test('routes that add nothing share the operations of their service', () => {
  const [one, two] = routesOf({
    backends: ONE,
    setRequest: { 'X-A': '1' },
    routes: [{ prefix: '/a' }, { prefix: '/b' }],
  });
  expect(one?.operations).toBe(two?.operations);
});

test('a service has timeouts and limits of its own', () => {
  const { services } = resolve({
    services: { a: { ...SERVICES.a, timeouts: { totalMs: '2s' }, limits: { bodyBytes: 0 } } },
    timeouts: { connectMs: 5 },
  }).config;
  expect(services[0]).toMatchObject({ timeouts: { totalMs: 2000 }, limits: { bodyBytes: 0 } });
});

describe('what contradicts itself is an error', () => {
  const cases: [routes: ConfigFile['routes'], line: RegExp][] = [
    [[{ stripPrefix: true }], /^config: routes\[0\]\.stripPrefix must be left out where the route/],
    [
      [{ prefix: '/a', stripPrefix: true, replacePrefix: '/b' }],
      /must be left out with replacePrefix/,
    ],
    [
      [{ prefix: '/ab', stripPrefix: '/a' }],
      /must be the beginning of the route's prefix, which is \/ab/,
    ],
    [
      [{ prefix: '/a', replacePrefix: '/b/../c' }],
      /replacePrefix must be a path that requests can have/,
    ],
    [[{ redirect: '/b', respond: 200 }], /respond must be left out with redirect/],
    [[{ respond: { status: 204, body: 'x' } }], /respond\.body must be left out with status 204/],
    [[{ deny: ['10.0.0.0/33'] }], /routes\[0\]\.deny\[0\] must be an address or a network/],
    [[{ deny: ['1.2.3'] }], /routes\[0\]\.deny\[0\] must be an address or a network/],
  ];
  test.for(cases)('%j', ([routes, line]) => {
    expect(problemsOf({ backends: ONE, ...(routes && { routes }) })).toMatch(line);
  });

  test('at every level', () => {
    const wrong = { allow: ['10.0.0.0/33'] };
    expect(problemsOf({ backends: ONE, ...wrong })).toMatch(/^config: allow\[0\] must be/);
    const services = { a: { ...SERVICES.a, ...wrong } };
    expect(problemsOf({ services })).toMatch(/^config: services\.a\.allow\[0\] must be/);
  });

  test('a field that is removed is not let in by the trailer', () => {
    const file = { forwarding: { requestTrailers: ['X-Sum'] }, removeRequest: ['x_sum'] };
    expect(problemsOf({ backends: ONE, ...file })).toMatch(
      /^config: removeRequest must not name x_sum/,
    );
  });

  test('a route that goes on needs a service where there are several', () => {
    const routes = [{ service: 'a' }, { service: 'b', prefix: '/b' }, { prefix: '/c' }];
    expect(problemsOf({ services: SERVICES, routes })).toMatch(
      /^config: routes\[2\]\.service must be one of a, b/,
    );
    expect(
      problemsOf({
        services: SERVICES,
        routes: [...routes.slice(0, 2), { prefix: '/c', respond: 404 }],
      }),
    ).toBe('');
  });
});

test('what has no effect is warned of', () => {
  const warningsOf = (routes: unknown): readonly string[] =>
    resolve({ backends: ONE, routes: [{}, ...(routes as object[])] }).warnings;
  expect(warningsOf([{ prefix: '/a', respond: 200, setRequest: { A: '1' } }])).toEqual([
    'config: routes[1].setRequest has no effect: the route answers by itself',
  ]);
  expect(warningsOf([{ prefix: '/a', redirect: 'https' }])).toEqual([
    'config: routes[1].redirect redirects every request: without forwarding.trustedProxies no X-Forwarded-Proto is believed',
  ]);
});
