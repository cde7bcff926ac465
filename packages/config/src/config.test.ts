/** What is said of values, right and wrong; one schema for the proxy and for scenarios. */

import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { check, DEPTH_MAX, fieldName, PROBLEMS_MAX, told, VALUES_MAX } from './check.ts';
import { configFile, scenarioLb } from './file-schema.ts';
import { isSecret, joined, shown } from './messages.ts';
import { resolvePolicies } from './policies.ts';
import { statusList, statusSet } from './statuses.ts';
import { mayBeTrailer } from './trailers.ts';
import { parseDuration, parseSize } from './units.ts';

function linesOf(value: unknown, schema: typeof configFile = configFile): string[] {
  const { problems = [] } = check(schema, value);
  return problems.map((problem) => told(problem, fieldName(problem.path)));
}

describe('a wrong value is told by place, expectation and value', () => {
  const cases: [value: unknown, line: string | RegExp][] = [
    [{ retires: {} }, 'retires is not known: did you mean "retries"?'],
    [{ retries: { tires: 9 } }, 'retries.tires is not known: did you mean "tries"?'],
    [
      { health: { type: 'htp' } },
      'health.type: did you mean "http"? It must be one of tcp, http, off, got "htp"',
    ],
    [{ health: 5 }, 'health must be off or a mapping, got 5'],
    [
      { backends: ['ftp://a'] },
      'backends[0] must be http://host:port, tcp://host:port or unix:/path, got "ftp://a"',
    ],
    [
      { health: { expect: [200, '400-300'] } },
      /^health\.expect\[1\] must be a status .*"400-300"$/,
    ],
    [{ health: { headers: { Host: 'x' } } }, /^health\.headers/],
    [{ upgrades: ['websocket', 'H2C/1'] }, /^upgrades\[1\] must be .* never h2c/],
    [{ upgrades: ['HTTP/2.0'] }, /^upgrades\[0\] must be .* never h2c/],
    [{ upgrades: ['h2c'] }, /^upgrades\[0\] must be the name of a protocol .* never h2c/],
    [
      { forwarding: { requestTrailers: ['Content-Length'] } },
      /requestTrailers\[0\] must be a field/,
    ],
    [{ limits: { bodyBytes: '10 parsecs' } }, /^limits\.bodyBytes must be bytes ≥ 0, or a size/],
    [{ timeouts: { connectMs: '0.3ms' } }, /^timeouts\.connectMs must be milliseconds from 1 /],
    [{ routes: [{ host: 'a.*.b', service: 'a' }] }, /^routes\[0\]\.host must be a host name/],
  ];
  test.for(cases)('%j', ([value, line]) => {
    const [first] = linesOf(value);
    if (typeof line === 'string') expect(first).toBe(line);
    else expect(first).toMatch(line);
  });

  test('everything is told at once, up to a limit', () => {
    expect(linesOf({ listen: { port: -1 }, mode: 'udp', helth: 1, strateg: 2 })).toHaveLength(4);
    const many = Object.fromEntries(Array.from({ length: 40_000 }, (_, i) => [`key${i}`, i]));
    expect(linesOf(many)).toHaveLength(PROBLEMS_MAX);
  });

  test('secrets and credentials are never repeated', () => {
    const hidden = [
      { admin: { token: 'hunter2' } },
      { strategy: { name: 'sticky', secret: 'hunter2' } },
      { health: { headers: { authorization: 'hunter2\n' } } },
      { health: { headers: ['hunter2'] } },
      { backends: ['http://joe:hunter2@a:1'] },
      { backends: [{ url: 'http://joe:hunter2@a:1' }] },
      { admin: [{ token: 'hunter2' }] },
      { backends: { url: 'http://joe:hunter2@a:1' } },
    ];
    for (const value of hidden) {
      expect(linesOf(value).join()).not.toContain('hunter2');
      expect(linesOf(value)).not.toEqual([]);
    }
    expect(isSecret(['admin', 'TOKEN'])).toBe(true);
  });

  test('what is too large, too deep or contains itself is refused before it is read', () => {
    const loop: unknown[] = [];
    loop.push(loop);
    expect(linesOf({ backends: loop })).toEqual([
      `the whole must be nested at most ${DEPTH_MAX} deep`,
    ]);
    const wide = { strategy: { name: 'x', options: { x: Array(VALUES_MAX).fill(0) } } };
    expect(linesOf(wide)[0]).toMatch(/^the whole must have at most 100000 values/);
    expect(linesOf(JSON.parse('{"services": {"__proto__": {}}}'))[0]).toMatch(/__proto__/);
  });

  property.prop([fc.jsonValue()])('whatever is given: lines without breaks, or data', (value) => {
    for (const line of linesOf(value)) expect(line).not.toContain('\n');
  });

  property.prop([fc.anything()])('no value of a program ends in anything but lines', (value) => {
    for (const line of linesOf(value)) expect(line).not.toContain('\n');
    expect(shown(value).length).toBeLessThanOrEqual(81);
  });
});

test('what was read is read again to the same', () => {
  const written = {
    accessLog: false,
    health: { intervalMs: '5s', expect: ['200-299'] },
    passive: 'NO',
    slowStart: 'none',
    limits: { bodyBytes: '10MB' },
    admin: 'off',
    backends: ['http://a:1', { url: 'http://b:1' }],
  };
  const { data } = check(configFile, written);
  expect(data).toEqual({
    ...written,
    accessLog: 'off',
    health: { intervalMs: 5000, expect: ['200-299'] },
    passive: 'off',
    slowStart: 'off',
    limits: { bodyBytes: 10_000_000 },
  });
  expect(check(configFile, data).data).toEqual(data);
});

test('a scenario has the keys of the proxy, but for what is balanced and where it listens', () => {
  const keys = { health: 'off', timeouts: { connectMs: 1 }, upgrades: [], strategy: 'random' };
  expect(check(scenarioLb, keys).data).toEqual(keys);
  expect(linesOf({ backends: [] }, scenarioLb)).toHaveLength(1);
  expect(linesOf({ limits: { fields: 1 } }, scenarioLb)).toEqual(
    linesOf({ limits: { fields: 1 } }),
  );
});

describe('units', () => {
  test.for([
    ['500ms', 500],
    ['30s', 30_000],
    ['0.3s', 300],
    ['5m', 300_000],
    ['2 h', 7_200_000],
    ['7', 7],
    ['-1s', undefined],
    ['1 year', undefined],
    ['', undefined],
    ['constructor', undefined],
  ] as const)('the time %s is %s', ([text, ms]) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.for([
    ['10MB', 10_000_000],
    ['64KiB', 65_536],
    ['1.5kb', 1500],
    ['9', 9],
    ['9s', undefined],
  ] as const)('the size %s is %s', ([text, size]) => {
    expect(parseSize(text)).toBe(size);
  });
});

test('statuses are ranges, both ends included', () => {
  expect([...statusSet([500, '502-504'])]).toEqual([500, 502, 503, 504]);
  expect(statusList(statusSet([404, '200-299', 300]))).toEqual(['200-300', 404]);
});

test('any key of HTTP makes a check one over HTTP', () => {
  expect(resolvePolicies({}).health.type).toBe('tcp');
  expect(resolvePolicies({ health: { port: 9 } }).health.type).toBe('tcp');
  for (const health of [{ body: 'ok' }, { path: '/h' }, { host: 'h' }, { expect: [204] }]) {
    expect(resolvePolicies({ health }).health.type).toBe('http');
  }
  expect(resolvePolicies({ health: 'off' }).health.type).toBe('off');
});

test('no field that frames, routes, forwards or authenticates may come as a trailer', () => {
  for (const name of [
    'Content-Length',
    'HOST',
    'x_forwarded_for',
    'Proxy-X',
    'Cookie',
    'If-Match',
    'X-Original-URL',
    'x_rewrite_url',
    'X-HTTP-Method-Override',
    'Authentication-Info',
    'True-Client-IP',
    'X-Client-IP',
    'X-Forwarded',
    'X-API-Key',
  ]) {
    expect(mayBeTrailer(name), name).toBe(false);
  }
  for (const name of ['grpc-status', 'Server-Timing', 'Digest', 'X-Originality', 'X-Realm']) {
    expect(mayBeTrailer(name), name).toBe(true);
  }
});

test('places are written as in JavaScript', () => {
  expect(joined(['services', 'a', 'backends', 1, 'url'])).toBe('services.a.backends[1].url');
});
