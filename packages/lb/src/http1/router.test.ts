/** Laws of routing: what a backend makes of a path never leads past the service that the path was routed to. */

import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import type { RequestFacts } from '../stream.ts';
import { AMBIGUOUS, Router } from './router.ts';

const ADMIN = { name: 'admin' };
const PUBLIC = { name: 'public' };
const router = new Router([
  { prefix: '/admin/area', to: ADMIN },
  { prefix: '/', to: PUBLIC },
]);

function facts(path: string, host = 'a.example'): RequestFacts {
  return { method: 'GET', path, host, field: () => undefined };
}

/** What common servers do with a path before they look for what it names. */
const BACKENDS: readonly ((path: string) => string)[] = [
  // node:http with express: decodes, nothing else.
  (path) => decodeOnce(path),
  // nginx, Go: decode, resolve dot segments, merge slashes.
  (path) => merged(resolved(decodeOnce(path))),
  (path) => resolved(merged(decodeOnce(path))),
  // Tomcat: cuts path parameters, decodes, resolves.
  (path) => resolved(decodeOnce(withoutParameters(path))),
  // IIS and WHATWG URL parsers: a backslash is a slash.
  (path) => resolved(decodeOnce(path).replaceAll('\\', '/')),
  (path) => merged(resolved(path.replaceAll('\\', '/'))),
];

function decodeOnce(path: string): string {
  return path.replace(/%([0-9a-f]{2})/gi, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
function merged(path: string): string {
  return path.replace(/\/+/g, '/');
}
function withoutParameters(path: string): string {
  return path.replace(/;[^/]*/g, '');
}
function resolved(path: string): string {
  return new URL(`http://x${path.replaceAll('\\', '%5C').replace(/[?#]/g, '_')}`).pathname
    .replaceAll('%5C', '\\')
    .replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

const isAdmin = (path: string): boolean => /^\/admin\/area(?:\/|$)/.test(path);

/** One spelling of a character: plain, or escaped in either case. */
const spelled = (character: string): fc.Arbitrary<string> => {
  const hex = character.charCodeAt(0).toString(16).padStart(2, '0');
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(character) },
    fc.constantFrom(`%${hex}`, `%${hex.toUpperCase()}`),
  );
};
const word = (text: string): fc.Arbitrary<string> =>
  fc.tuple(...[...text].map(spelled)).map((parts) => parts.join(''));
const segment = fc.oneof(
  word('admin'),
  word('area'),
  word('x'),
  word('..'),
  word('.'),
  fc.constant(''),
);
const parameter = fc.constantFrom('', '', '', ';', ';a=b', ';..');
const separator = fc.constantFrom('/', '/', '/', '//', '%2f', '%2F', '\\', '%5c');
const piece = fc.tuple(separator, segment, parameter).map((parts) => parts.join(''));
const path = fc.array(piece, { minLength: 1, maxLength: 8 }).map((parts) => `/${parts.join('')}`);

test.prop([path], { numRuns: 3_000 })(
  'no spelling that a common backend reads as a routed path reaches another service',
  (target) => {
    const to = router.find(facts(target));
    for (const read of BACKENDS) {
      if (isAdmin(read(target))) expect([ADMIN, AMBIGUOUS]).toContain(to);
    }
  },
);

test.prop([path], { numRuns: 1_000 })('a single service gets every spelling', (target) => {
  expect(new Router([{ to: PUBLIC }]).find(facts(target))).toBe(PUBLIC);
});

test.prop([path], { numRuns: 1_000 })('what leads nowhere else is routed as it came', (target) => {
  const twice = new Router([
    { prefix: '/admin/area', to: PUBLIC },
    { prefix: '/', to: PUBLIC },
  ]);
  expect(twice.find(facts(target))).toBe(PUBLIC);
});

test.prop([fc.constantFrom('API.example.org', 'api.Example.org.'), fc.nat(65_535), fc.nat(3)])(
  'a host is the same with any port, in any case, with a final dot',
  (host, port, zeros) => {
    const hosts = new Router([{ host: 'api.example.org', to: ADMIN }, { to: PUBLIC }]);
    expect(hosts.find(facts('/', `${host}:${'0'.repeat(zeros)}${port}`))).toBe(ADMIN);
  },
);
