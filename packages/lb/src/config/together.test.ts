/* biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a configuration file. */
/** What only shows when values are seen together: contradictions, warnings, layers and their names. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigFile } from '@evenkeel/config';
import { afterAll, describe, expect, test } from 'vitest';
import { strategyTable } from '../strategies.ts';
import { environmentLayer } from './environment.ts';
import { ConfigError } from './error.ts';
import { flagsLayer } from './flags.ts';
import { type Layer, overlaid } from './layers.ts';
import { fileLayer, loadConfigFile } from './load.ts';
import { parseConfig } from './parse.ts';
import { type Resolved, resolveConfig, resolveWithWarnings } from './resolve.ts';

const folder = mkdtempSync(join(tmpdir(), 'evenkeel-together-'));
afterAll(() => rmSync(folder, { recursive: true }));

const A = 'http://127.0.0.1:9001';
const B = 'http://127.0.0.1:9002';
const backends = [A];
const two = (more: object = {}): object => ({
  services: { a: { backends: [A] }, b: { backends: [B] } },
  routes: [{ service: 'a' }, { service: 'b', prefix: '/b' }],
  ...more,
});

function fileOf(text: string): string {
  const path = join(folder, 'lb.yaml');
  writeFileSync(path, text);
  return path;
}

function problemsOf(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems;
  }
  return [];
}

const resolved = (file: unknown): Resolved =>
  resolveWithWarnings(parseConfig(file), strategyTable());
const resolvedLayers = (...layers: Layer[]): Resolved => {
  const { config, label, wrong } = overlaid(...layers);
  return resolveWithWarnings(config, strategyTable(), label, wrong);
};

describe('contradictions are errors', () => {
  const sticky = (cookie?: string): object => ({
    strategy: cookie === undefined ? 'sticky' : { name: 'sticky', key: { cookie } },
  });
  const cases: [file: object, problem: RegExp][] = [
    [
      two({
        routes: [
          { service: 'a', prefix: '/x' },
          { service: 'b', prefix: '/x/' },
        ],
      }),
      /routes\[1\] must differ from routes\[0\]/,
    ],
    [
      two({
        routes: [
          { service: 'a', host: 'A.example' },
          { service: 'b', host: 'a.example:80' },
        ],
      }),
      /routes\[1\] must differ from routes\[0\]/,
    ],
    [
      two({ routes: [{ service: 'a' }, { service: 'b', prefix: '/b?x=1' }] }),
      /routes\[1\]\.prefix must be a path that requests can have/,
    ],
    [
      two({ routes: [{ service: 'a' }, { service: 'b', prefix: '/../b' }] }),
      /routes\[1\]\.prefix must be/,
    ],
    [
      two({ routes: [{ service: 'a' }, { service: 'b', prefix: '/b//c' }] }),
      /routes\[1\]\.prefix must be/,
    ],
    [
      two({ routes: [{ service: 'a' }, { service: 'b', prefix: '/%61pi' }] }),
      /routes\[1\]\.prefix must be .* or needless escapes, got "\/%61pi"/,
    ],
    [
      two({ routes: [{ service: 'a' }, { service: 'b', prefix: '/b%2Fc' }] }),
      /routes\[1\]\.prefix must be/,
    ],
    [
      { backends, health: { type: 'tcp', path: '/h' } },
      /health\.path must be left out with type: tcp/,
    ],
    [
      { backends, health: { type: 'tcp', expect: [200] } },
      /health\.expect must be left out with type: tcp/,
    ],
    [
      { backends, health: { method: 'HEAD', body: 'ok' } },
      /health\.body must be left out with method: HEAD/,
    ],
    [
      { backends, retries: { classic: true, tries: 2 } },
      /retries\.tries must be left out with classic/,
    ],
    [
      { backends, retries: { classic: true, hedge: {} } },
      /retries\.hedge must be left out with classic/,
    ],
    [
      { backends, retries: { tries: 1, hedge: {} } },
      /retries\.tries must be at least 2 with hedge, which is a second try, got 1$/,
    ],
    [
      { backends, retries: { backoffBaseMs: '1s', backoffMaxMs: '500ms' } },
      /retries\.backoffBaseMs must be at most backoffMaxMs, which is 500, got 1000$/,
    ],
    [
      { backends, retries: { backoffBaseMs: 300 } },
      /retries\.backoffBaseMs must be at most backoffMaxMs, which is 250/,
    ],
    [
      { backends, passive: { ejection: { baseMs: '1h' } } },
      /passive\.ejection\.baseMs must be at most/,
    ],
    [
      {
        services: {
          a: { backends: [A], ...sticky() },
          b: { backends: [B], ...sticky('evenkeel') },
        },
        routes: [{ service: 'a' }, { service: 'b', host: 'b.example' }],
      },
      /services\.b\.strategy must not have the cookie of a, .*, got "evenkeel"/,
    ],
    [
      {
        services: { a: { backends: [A], ...sticky() }, b: { backends: [B], ...sticky() } },
        routes: [
          { service: 'a', host: '*.x.example' },
          { service: 'b', host: 'b.x.example' },
        ],
      },
      /services\.b\.strategy must not have the cookie of a/,
    ],
  ];
  test.for(cases)('%j', ([file, problem]) => {
    expect(problemsOf(() => resolved(file))).toEqual([expect.stringMatching(problem)]);
  });

  test('and what looks like one and is none is accepted', () => {
    const apart = {
      services: { a: { backends: [A], ...sticky() }, b: { backends: [B], ...sticky() } },
      routes: [
        { service: 'a', host: 'a.example' },
        { service: 'b', host: '*.b.example' },
      ],
    };
    expect(resolved(apart).warnings).toEqual([]);
    expect(resolved({ backends, health: { type: 'off', path: '/h' } }).warnings).toEqual([]);
    expect(resolved({ backends, retries: { backoffMaxMs: 10 } }).warnings).toEqual([]);
    for (const prefix of ['/caf%C3%A9', '/caf%c3%a9/', '/[x]', '/a%20b', '/@u/~v', '/x=y,z/']) {
      const routes = [{ service: 'a' }, { service: 'b', prefix }];
      expect(resolved(two({ routes })).warnings, prefix).toEqual([]);
    }
  });
});

test('everything that is wrong is told at once', () => {
  const file = two({
    strategy: 'nonsense-x',
    admin: { listen: 'a:b' },
    retries: { backoffBaseMs: '9s' },
  });
  // The strategy and the backoff of each of two services, and the address of the admin API.
  expect(problemsOf(() => resolved(file))).toHaveLength(5);
});

test('mistakes in values and between values are told together, and none that only follows from another', () => {
  const path = fileOf(`helth: off
backends:
  - { url: "${A}", weight: 0 }
  - { url: "${A}" }
retries: { classic: true, tries: 3 }
listen: { port: x }
admin: { listen: "a:b" }
`);
  const file = fileLayer(path, {});
  const lines = problemsOf(() => resolvedLayers(file)).map((line) =>
    line.slice(path.length + 1, path.length + 32),
  );
  expect([...lines].sort()).toEqual([
    '1:1: helth is not known: did yo',
    '3:37: backends[0].weight must b',
    '4:5: backends[1].id must be uni',
    '5:27: retries.tries must be lef',
    '6:11: listen.port must be an in',
    '7:10: admin.listen must be [HOS',
  ]);
  const empty = fileLayer(fileOf('backends: [{ weight: 2 }]\n'), {});
  expect(problemsOf(() => resolvedLayers(empty))).toEqual([
    expect.stringMatching(/1:12: backends\[0\]\.url must be http:\/\/host:port, .* got nothing$/),
  ]);
});

describe('warnings', () => {
  test('a service that nothing reaches', () => {
    const { warnings } = resolved(two({ routes: [{ service: 'a' }] }));
    expect(warnings).toEqual(['config: services.b is reached by no route']);
  });

  test('weights that the named strategy ignores', () => {
    const weighted = [{ url: A, weight: 3 }, B];
    expect(resolved({ backends: weighted, strategy: 'rr' }).warnings).toEqual([
      'config: strategy is round-robin, which ignores weights; weighted-round-robin heeds them',
    ]);
    expect(resolved({ backends: weighted, strategy: 'random' }).warnings).toHaveLength(1);
    expect(resolved({ backends: weighted, strategy: 'wrr' }).warnings).toEqual([]);
    expect(resolved({ backends: weighted }).warnings).toEqual([]);
  });

  test('keys without effect', () => {
    expect(resolved({ backends, passive: { failTimeoutMs: 5 } }).warnings).toHaveLength(1);
    expect(resolved({ backends, retries: { statuses: [503] } }).warnings).toHaveLength(1);
    expect(resolved({ backends, retries: { on: ['status'], statuses: [503] } }).warnings).toEqual(
      [],
    );
  });

  test('none for the smallest configuration', () => {
    expect(resolved({ backends }).warnings).toEqual([]);
  });
});

test('weights without a named strategy count', () => {
  const strategyOf = (file: unknown): string | undefined =>
    resolveConfig(parseConfig(file), strategyTable()).services[0]?.strategy.name;
  expect(strategyOf({ backends: [{ url: A, weight: 2 }, B] })).toBe('weighted-round-robin');
  expect(strategyOf({ backends: [{ url: A, weight: 1 }, B] })).toBe('round-robin');
  expect(strategyOf({ backends: [{ url: A, weight: 2 }, B], strategy: 'random' })).toBe('random');
});

test('a file without end is read to its limit', () => {
  expect(problemsOf(() => fileLayer('/dev/zero', {}))).toEqual([
    'config: /dev/zero must be at most 1048576 bytes long',
  ]);
  expect(problemsOf(() => fileLayer(folder, {}))).toEqual([
    `config: cannot read ${folder}: it is a directory`,
  ]);
});

test('every alias is its strategy', () => {
  for (const [alias, name] of [
    ['rr', 'round-robin'],
    ['wrr', 'weighted-round-robin'],
    ['p2c', 'power-of-two'],
    ['lc', 'least-connections'],
    ['ewma', 'peak-ewma'],
  ]) {
    const { config } = resolved({ backends, strategy: alias });
    expect(config.services[0]?.strategy.name).toBe(name);
  }
});

describe('layers', () => {
  const services = `services: { a: { backends: ["${A}"], strategy: random, health: { path: /h, rise: 7 } } }\n`;

  test('a flag wins over what a service says', () => {
    const flags = flagsLayer({ strategy: 'lc', health: 'tcp' });
    const { config } = resolvedLayers(fileLayer(fileOf(services), {}), flags);
    const [service] = config.services;
    expect(service?.strategy.name).toBe('least-connections');
    expect(service?.health).toMatchObject({ type: 'tcp', rise: 7, path: '/' });
  });

  test('backends by flag are refused where the file has services; those of BACKENDS are left out', () => {
    const file = fileLayer(fileOf(services), {});
    expect(problemsOf(() => resolvedLayers(file, flagsLayer({ backends: B })))).toEqual([
      expect.stringMatching(/^--backends must be left out where services are given/),
    ]);
    const { config } = resolvedLayers(environmentLayer({ BACKENDS: B }), file);
    expect(config.services.flatMap((service) => service.backends.map(({ url }) => url))).toEqual([
      A,
    ]);
  });

  test('the file wins over the environment, and an empty variable is none', () => {
    const file = fileLayer(fileOf(`backends: ["${A}"]\nlisten: { port: 1 }\n`), {});
    const environment = { BACKENDS: B, PORT: '2', HOST: '::1', ADMIN: '', ADMIN_TOKEN: '' };
    const { config } = resolvedLayers(environmentLayer(environment), file);
    expect(config.listeners[0]?.at).toEqual({ host: '::1', port: 1 });
    expect(config.services[0]?.backends.map(({ url }) => url)).toEqual([A]);
    expect(config.admin).toBeUndefined();
    expect(environmentLayer({ PORT: '', BACKENDS: '', ADMIN_FILE: '' }).config).toEqual({});
  });

  test('a variable may name a file that holds its value', () => {
    const token = join(folder, 'token');
    writeFileSync(token, 'a-secret-token\n');
    const environment = { ADMIN: '0.0.0.0:9900', ADMIN_TOKEN_FILE: token, BACKENDS: A };
    const { config } = resolvedLayers(environmentLayer(environment));
    expect(config.admin).toEqual({ host: '0.0.0.0', port: 9900, token: 'a-secret-token' });
    const missing = { ADMIN_TOKEN_FILE: '/no/such' };
    expect(problemsOf(() => environmentLayer(missing))).toEqual([
      'ADMIN_TOKEN_FILE: cannot read /no/such: no such file',
    ]);
    writeFileSync(token, 'short');
    expect(problemsOf(() => environmentLayer({ ADMIN_TOKEN_FILE: token }))).toEqual([
      'ADMIN_TOKEN_FILE must be at least 8 visible characters',
    ]);
    expect(problemsOf(() => environmentLayer({ PORT: '1', PORT_FILE: token }))).toHaveLength(1);
  });

  test('off is off, whichever layer and word says it', () => {
    const file = fileLayer(
      fileOf(`backends: ["${A}"]\naccessLog: /x\nadmin: { listen: "9" }\n`),
      {},
    );
    const off = flagsLayer({ accessLog: 'off', admin: 'off', health: 'off' });
    const { config } = resolvedLayers(file, off);
    expect([config.accessLog, config.admin, config.services[0]?.health.type]).toEqual([
      undefined,
      undefined,
      'off',
    ]);
    for (const word of ['off', 'OFF', 'false', 'no', 'none']) {
      expect(
        resolvedLayers(environmentLayer({ BACKENDS: A, ADMIN: word })).config.admin,
      ).toBeUndefined();
      const written = fileOf(
        `backends: ["${A}"]\naccessLog: ${word}\nadmin: ${word}\nqueue: ${word}\n`,
      );
      const { config: own } = resolvedLayers(fileLayer(written, {}));
      expect([own.accessLog, own.admin, own.services[0]?.queue]).toEqual([
        undefined,
        undefined,
        { max: 0 },
      ]);
    }
  });
});

describe('a message names where the value came from', () => {
  const label = (act: () => unknown): string | undefined => problemsOf(act)[0];

  test('a flag', () => {
    expect(
      label(() => resolvedLayers(flagsLayer({ backends: A, strategy: 'least-conections' }))),
    ).toMatch(
      /^--strategy: did you mean "least-connections"\? It must be one of .*, got "least-conections"$/,
    );
    expect(label(() => resolvedLayers(flagsLayer({ backends: A, admin: 'x:y' })))).toMatch(
      /^--admin must be/,
    );
  });

  test('a variable', () => {
    const environment = environmentLayer({ BACKENDS: `${A},${A}` });
    expect(label(() => resolvedLayers(environment))).toMatch(/^BACKENDS\[1\] must be unique/);
    expect(label(() => resolvedLayers(environmentLayer({ BACKENDS: A, ADMIN: 'x:y' })))).toMatch(
      /^ADMIN must be/,
    );
  });

  test('each wrong item of a list has its own', () => {
    const text =
      'backends: [https://a, http://b:1, 5, http://c/d]\npassive: { statuses: [500, 7, x] }\n';
    expect(problemsOf(() => loadConfigFile(fileOf(text), {}))).toEqual([
      expect.stringMatching(/lb\.yaml:2:28: passive\.statuses\[1\] /),
      expect.stringMatching(/lb\.yaml:2:31: passive\.statuses\[2\] /),
      expect.stringMatching(/lb\.yaml:1:12: backends\[0\] /),
      expect.stringMatching(/lb\.yaml:1:35: backends\[2\] /),
      expect.stringMatching(/lb\.yaml:1:38: backends\[3\] /),
    ]);
  });

  test('a line and column of the file', () => {
    const text = `backends:\n  - ${A}\n  - url: ${B}\n    weight: 0\nmode: htpp\nretries: { tires: 3 }\n`;
    const path = fileOf(text);
    expect([...problemsOf(() => loadConfigFile(path, {}))].sort()).toEqual([
      `${path}:4:5: backends[1].weight must be a number from 0.001 to 1000000, got 0`,
      `${path}:5:1: mode: did you mean "http"? It must be one of http, tcp, got "htpp"`,
      `${path}:6:12: retries.tires is not known: did you mean "tries"?`,
    ]);
    const good = fileOf(`strategy: leastconn\nbackends: ["${A}"]\n`);
    expect(label(() => resolvedLayers(fileLayer(good, {})))).toMatch(/lb\.yaml:1:1: strategy/);
  });
});

describe('variables in the file', () => {
  const read = (text: string, variables: Record<string, string>): ConfigFile =>
    loadConfigFile(fileOf(text), variables);

  test('stand for their text, a whole one for its number', () => {
    const text =
      'listen: { host: "${HOST}", port: "${PORT}" }\naccessLog: /var/${NAME}/x.log\nadmin:\n  token: ${TOKEN}\n';
    const variables = { HOST: '::1', PORT: '80', NAME: 'lb', TOKEN: '12345678' };
    expect(read(text, variables)).toEqual({
      listen: { host: '::1', port: 80 },
      accessLog: '/var/lb/x.log',
      admin: { token: '12345678' },
    });
    expect(read('admin: { token: "${TOKEN}" }', { TOKEN: '00000000' })).toEqual({
      admin: { token: '00000000' },
    });
  });

  test('cannot bring structure, and must be set', () => {
    const hostile = '/x\nmode: tcp # {a: b}';
    expect(problemsOf(() => read('accessLog: ${X}\n', { X: hostile }))).toHaveLength(1);
    expect(problemsOf(() => read('mode: ${MODE}\nstrategy: ${NONE}\n', { NONE: '' }))).toEqual([
      expect.stringMatching(/lb\.yaml:2:11: the variable NONE is not set$/),
      expect.stringMatching(/lb\.yaml:1:7: the variable MODE is not set$/),
    ]);
  });
});
