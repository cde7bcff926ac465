/** How configurations are read, laid over each other, checked and completed. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ConfigFile,
  formatAddress,
  parseBackendUrl,
  parseListenAddress,
} from '@evenkeel/config';
import { fc, test as property } from '@fast-check/vitest';
import { afterAll, describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, DEFAULT_TIMEOUTS } from '../http1/settings.ts';
import { strategyTable } from '../strategies.ts';
import { ConfigError } from './error.ts';
import { flagsLayer } from './flags.ts';
import { overlaid } from './layers.ts';
import { loadConfigFile } from './load.ts';
import { inConfig, parseConfig } from './parse.ts';
import { resolveConfig } from './resolve.ts';
import type { Config } from './types.ts';

const folder = mkdtempSync(join(tmpdir(), 'evenkeel-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const A = 'http://127.0.0.1:9001';
const B = 'http://127.0.0.1:9002';
const C = 'http://127.0.0.1:9003';
const resolved = (file: unknown): Config => resolveConfig(parseConfig(file), strategyTable());
const backends = [{ url: A }];

describe('the smallest configuration is completed with the defaults', () => {
  const config = resolved({ backends });

  test('of listening, routing and policies', () => {
    expect(config.listeners).toEqual([
      { at: { host: '127.0.0.1', port: 3030 }, mode: 'http', acceptsProxy: false },
    ]);
    expect(config.routes).toEqual([{ service: 'default' }]);
    const [service] = config.services;
    expect(service).toMatchObject({
      name: 'default',
      strategy: { name: 'round-robin' },
      health: { type: 'tcp' },
      passive: {},
      retries: {},
      panicPercent: 0,
    });
    expect(service?.backends).toEqual([
      {
        id: '127.0.0.1:9001',
        host: '127.0.0.1',
        port: 9001,
        url: A,
        weight: 1,
        backup: false,
        maxConnections: 0,
        priority: 0,
      },
    ]);
  });

  test('of the data plane', () => {
    expect(config.timeouts).toEqual({ ...DEFAULT_TIMEOUTS, drainMs: 30_000, shutdownDelayMs: 0 });
    expect(config.limits).toEqual(DEFAULT_LIMITS);
    expect(config.admin).toBeUndefined();
  });

  test('and frozen all the way down', () => {
    const [service] = config.services;
    for (const part of [
      config,
      config.listeners,
      config.timeouts,
      config.services,
      service!.backends[0]!,
    ]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });
});

describe('what is wrong is told by field, expectation and value', () => {
  const cases: [file: unknown, message: string | RegExp][] = [
    [[], 'config: the whole must be a mapping, got []'],
    [{ retires: {} }, 'config: retires is not known: did you mean "retries"?'],
    [
      { health: { intervalms: 5 } },
      'config: health.intervalms is not known: did you mean "intervalMs"?',
    ],
    [{ health: 5 }, 'config: health must be off or a mapping, got 5'],
    [
      { listen: { port: '80' } },
      'config: listen.port must be an integer from 0 to 65535, got "80"',
    ],
    [
      { backends: [{ url: A, weight: 0 }] },
      'config: backends[0].weight must be a number from 0.001 to 1000000, got 0',
    ],
    [
      { backends: [{ url: A, id: 'a b' }] },
      /^config: backends\[0\]\.id must be a name of letters.*got "a b"$/,
    ],
    [
      { backends: [{ id: 'a' }] },
      'config: backends[0].url must be http://host:port, tcp://host:port or unix:/path, got nothing',
    ],
    [
      {
        backends: [
          { url: A, id: 'a' },
          { url: B, id: 'a' },
        ],
      },
      'config: backends[1].id must be unique: backends[0] has it, got "a"',
    ],
    [
      { backends, strategy: { name: 'random', key: { header: 'x' } } },
      'config: strategy.key must be left out: random has none, got {"header":"x"}',
    ],
    [
      { backends, strategy: { name: 'sticky', key: 'ip' } },
      'config: strategy.key must be { cookie: NAME } for sticky, got "ip"',
    ],
    [
      { backends, strategy: { name: 'sticky', key: { header: 'x' } } },
      'config: strategy.key must be { cookie: NAME } for sticky, got {"header":"x"}',
    ],
    [
      { backends, strategy: { name: 'sticky', secret: 'fifteen letters' } },
      /^config: strategy\.secret must be 16 to 1024 characters$/,
    ],
    [
      { backends, strategy: { name: 'random', secret: 'x'.repeat(16) } },
      'config: strategy.secret must be left out: only sticky has one, random has not',
    ],
    [
      { backends, strategy: { name: 'ip-hash', key: 'port' } },
      'config: strategy.key must be ip, { header: NAME } or { cookie: NAME }, got "port"',
    ],
    [
      { backends, strategy: { name: 'ring-hash', options: { points: -1 } } },
      /^config: strategy: .*ring-hash.*points/,
    ],
    [
      { backends, retries: { on: ['always'] } },
      'config: retries.on[0] must be one of connect, reset, timeout, status, got "always"',
    ],
    [{ services: {} }, 'config: services must name at least one'],
    [
      { backends, services: { a: { backends } } },
      /^config: backends must be left out where services are given/,
    ],
    [{ services: { a: {} } }, /^config: services\.a\.backends must name at least one/],
    [
      { services: { a: { backends }, b: { backends: [{ url: B }] } } },
      'config: routes must say which service takes which requests',
    ],
    [
      { services: { a: { backends } }, routes: [{ service: 'b' }] },
      'config: routes[0].service must be one of a, got "b"',
    ],
    [
      { services: { a: { backends }, b: { backends } }, routes: [{ service: 'a' }] },
      'config: services.b.backends[0].id must be unique: services.a.backends[0] has it, got "127.0.0.1:9001"',
    ],
    [
      { backends, forwarding: { trustedProxies: ['10.0.0.0/99'] } },
      /^config: forwarding\.trustedProxies\[0\] must be an address or a network/,
    ],
    [{ backends, admin: { listen: '0.0.0.0:1' } }, /^config: admin\.token must be set/],
    [
      { backends, admin: { listen: '1', token: 'short' } },
      /^config: admin\.token must be at least 8 visible characters$/,
    ],
  ];
  test.for(cases)('%j', ([file, message]) => {
    expect(() => resolved(file)).toThrow(ConfigError);
    expect(() => resolved(file)).toThrow(message);
  });

  property.prop([fc.jsonValue()])('whatever is given: one line or a configuration', (value) => {
    try {
      parseConfig(value);
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      expect((error as Error).message).not.toContain('\n');
    }
  });
});

const laid = (...configs: ConfigFile[]): ConfigFile =>
  overlaid(...configs.map((config) => ({ config, label: inConfig }))).config;

describe('layers', () => {
  test('merge section by section, later ones winning; backends are replaced as a whole', () => {
    const below: ConfigFile = { listen: { host: '::1', port: 1 }, backends, strategy: 'random' };
    const above: ConfigFile = { listen: { port: 2 }, backends: [{ url: B }] };
    expect(laid(below, above)).toEqual({
      listen: { host: '::1', port: 2 },
      backends: [{ url: B }],
      strategy: 'random',
    });
    expect(laid(below, {})).toEqual(below);
  });

  test('a flag is the same as its key in a file', () => {
    const flags = {
      port: '1',
      backends: `${A}, ${B};${C}`,
      backend: ['http://b:1 weight=2.5 backup id=b maxConnections=9'],
      healthPath: '/h',
      accessLog: true,
      drainTimeout: '5',
    } as const;
    expect(flagsLayer(flags).config).toEqual({
      listen: { port: 1 },
      backends: [
        { url: A },
        { url: B },
        { url: C },
        { url: 'http://b:1', weight: 2.5, backup: true, id: 'b', maxConnections: 9 },
      ],
      health: { type: 'http', path: '/h' },
      accessLog: { file: '-' },
      timeouts: { drainMs: 5 },
    });
    expect(flagsLayer({}).config).toEqual({});
  });

  test('services inherit the policies that stand beside them', () => {
    const services = { a: { backends }, b: { backends: [{ url: 'http://b:1' }], health: 'off' } };
    const routes = [{ service: 'a' }];
    const config = resolved({ services, routes, health: { path: '/h' }, strategy: 'random' });
    expect(config.services.map(({ health, strategy }) => [health.type, strategy.name])).toEqual([
      ['http', 'random'],
      ['off', 'random'],
    ]);
  });
});

describe('files', () => {
  const file = (text: string): string => {
    const path = join(folder, 'lb.yaml');
    writeFileSync(path, text);
    return path;
  };

  test('YAML and JSON say the same, an empty file nothing', () => {
    const expected = { backends: [{ url: A, weight: 2 }], health: 'off' };
    const yaml = `backends:\n  - { url: "${A}", weight: 2 } # strong\nhealth: off\n`;
    expect(loadConfigFile(file(yaml))).toEqual(expected);
    expect(loadConfigFile(file(JSON.stringify(expected)))).toEqual(expected);
    expect(loadConfigFile(file('# nothing yet\n'))).toEqual({});
  });

  test('a key given twice and a broken file are told by line', () => {
    expect(() => loadConfigFile(file('mode: http\nmode: http\n'))).toThrow(
      /lb\.yaml:2:1: the key mode is given twice/,
    );
    expect(() => loadConfigFile(file('a: [1\nb: 2'))).toThrow(/lb\.yaml:\d:\d+: not valid YAML/);
    expect(() => loadConfigFile(folder)).toThrow(/: it is a directory$/);
  });
});

describe('addresses', () => {
  test.for([
    'http://a:1',
    'http://[::1]:8080',
    'http://10.0.0.1',
    'http://a:1/',
    'HTTP://a:1',
    'a:1',
    '127.0.0.1:1',
    '[::1]:1',
    'tcp://a:1',
    'unix:/a',
    'unix:///a',
  ])('%s is a backend', (url) => {
    expect(parseBackendUrl(url)).toHaveProperty('port');
  });

  test.for([
    '',
    'a:0',
    'a:99999',
    'a:1/b',
    'tcp://a',
    'tcp://u@a:1',
    'tcp://a:1/x',
    'unix:relative',
    'unix:/',
    `unix:/${'x'.repeat(107)}`,
    'http://',
    'http:/a:1',
    'http:\\\\a:1',
    'http://a:0',
    'http://a:99999',
    'http://a:1?x',
    'http://a:1#x',
    'http://a:1//',
    ' http://a:1',
    'ftp://a:1',
  ])('%j is not', (url) => {
    expect(parseBackendUrl(url)).not.toHaveProperty('port');
  });

  property.prop([fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()), fc.integer({ min: 0, max: 65_535 })])(
    'what is formatted is parsed to the same',
    (host, port) => {
      expect(parseListenAddress(formatAddress({ host, port }), 'x')).toEqual({ host, port });
      expect(parseListenAddress(String(port), host)).toEqual({ host, port });
    },
  );
});
