/** What is said of operations that are written wrong. */

import { describe, expect, test } from 'vitest';
import { check, fieldName, told } from './check.ts';
import { configFile } from './file-schema.ts';
import { parseRate } from './rate.ts';

function linesOf(value: unknown): string[] {
  const { problems = [] } = check(configFile, value);
  return problems.map((problem) => told(problem, fieldName(problem.path)));
}

const FORWARDING =
  'must be left to the balancer, as it tells of clients and proxies: see forwarding';
const VALUE = 'must be visible ASCII on one line, without blanks at its ends';
const RATE = 'must be a rate such as 10/s, 600/m or 5/10s';

describe('one clear line each', () => {
  const cases: [value: unknown, line: string | RegExp][] = [
    [{ setRequest: 5 }, 'setRequest must be a mapping from names of fields to values'],
    [
      { setResponse: { 'Content-Length': 5 } },
      'setResponse.Content-Length must be left to the balancer, as it frames messages, got 5',
    ],
    [
      { setRequest: { content_length: '5' } },
      /must be left to the balancer, as it frames messages/,
    ],
    [
      { addResponse: { connection: 'x' } },
      /connection must be left to .* for one connection alone/,
    ],
    [{ setRequest: { 'X-Forwarded-For': 'x' } }, `setRequest.X-Forwarded-For ${FORWARDING}`],
    [{ removeRequest: ['x_real.ip'] }, `removeRequest[0] ${FORWARDING}, got "x_real.ip"`],
    [{ removeRequest: ['Host'] }, /^removeRequest\[0\] must be left to the balancer or set/],
    [{ setRequest: { Host: '{host}' } }, /^setRequest\.Host must be a host name/],
    [{ setRequest: { 'X A': '1' } }, 'setRequest.X A must be called by the name of a field'],
    [{ setRequest: { 'X-A': 'a\r\nB: c' } }, `setRequest.X-A ${VALUE}`],
    [{ setResponse: { 'X-A': ' a' } }, `setResponse.X-A ${VALUE}, got " a"`],
    [{ setRequest: { 'X-A': '{hots}' } }, /^setRequest\.X-A has \{hots\}: did you mean "host"\?/],
    [
      { setRequest: { 'X-A': '{backend}' } },
      /^setRequest\.X-A has \{backend\}, which must be one of/,
    ],
    [
      { setRequest: { 'X-A': '1', 'x-a': '2' } },
      'setRequest.x-a must be named once, in one spelling',
    ],
    [{ rateLimit: '10' }, `rateLimit ${RATE}, got "10"`],
    [{ rateLimit: { rate: '0/s' } }, `rateLimit.rate ${RATE}, got "0/s"`],
    [
      { rateLimit: { rate: '1/s', key: 'header' } },
      /^rateLimit\.key must be ip, \{ header: NAME \}/,
    ],
    [{ rateLimit: { rate: '1/s', burst: 0 } }, /^rateLimit\.burst must be an integer from 1/],
    [{ allow: '10.0.0.1' }, /^allow must be a list/],
    [{ deny: ['ten'] }, /^deny\[0\] must be an address or a network/],
    [{ routes: [{ redirect: 'example.org' }] }, /^routes\[0\]\.redirect must be https, a URL/],
    [{ routes: [{ redirect: 'https://{target}' }] }, /^routes\[0\]\.redirect must be https, a URL/],
    [
      { routes: [{ redirect: 'https://{host}.evil' }] },
      /^routes\[0\]\.redirect must be https, a URL/,
    ],
    [
      { routes: [{ redirect: { to: 'https', status: 200 } }] },
      /redirect\.status must be one of 301/,
    ],
    [{ routes: [{ respond: 304 }] }, /^routes\[0\]\.respond must be a status from 200 to 599/],
    [{ routes: [{ respond: { status: 99 } }] }, /^routes\[0\]\.respond\.status must be /],
    [{ routes: [{ stripPrefix: 'api' }] }, /^routes\[0\]\.stripPrefix must be true, or a path/],
    [
      { services: { a: { timeouts: { drainMs: 5 } } } },
      'services.a.timeouts.drainMs must be set at the top level: it counts before a request has a service, got 5',
    ],
    [
      { services: { a: { limits: { headBytes: 5 } } } },
      /limits\.headBytes must be set at the top level/,
    ],
    [{ services: { a: { stripPrefix: true } } }, /^services\.a\.stripPrefix is not known/],
  ];
  test.for(cases)('%j', ([value, line]) => {
    const [first, ...more] = linesOf(value);
    if (typeof line === 'string') expect(first).toBe(line);
    else expect(first).toMatch(line);
    expect(more).toEqual([]);
  });
});

test('what is set in requests may be a secret, and is not repeated', () => {
  expect(linesOf({ setRequest: { Authorization: 'hunter2\n' } }).join()).not.toContain('hunter2');
});

test('numbers and truth values are text', () => {
  const { data } = check(configFile, { setRequest: { 'X-A': 1, 'X-B': true, 'X-C': '' } });
  expect(data?.setRequest).toEqual({ 'X-A': '1', 'X-B': 'true', 'X-C': '' });
});

test('rates', () => {
  expect(parseRate('10/s')).toEqual({ count: 10, periodMs: 1000 });
  expect(parseRate('0.5 / m')).toEqual({ count: 0.5, periodMs: 60_000 });
  expect(parseRate('5/10s')).toEqual({ count: 5, periodMs: 10_000 });
  for (const wrong of ['10', '/s', '10/', '10/5', '10/0s', '10/2d', '-1/s', '10/s/s', '1e3/s']) {
    expect(parseRate(wrong), wrong).toBeUndefined();
  }
});
