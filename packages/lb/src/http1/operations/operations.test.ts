/** What operations do to texts, targets and fields, whatever clients send. */

import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { accessCheck } from './access.ts';
import { redirectCheck } from './answers.ts';
import { FieldEdits } from './field-edits.ts';
import type { OperatedRequest } from './operation.ts';
import { withPrefix } from './prefix.ts';
import { renderer } from './render.ts';

const NO_FACTS = { method: 'GET', path: '/', host: '', field: (): undefined => undefined };

function requestOf(given: Partial<OperatedRequest> = {}): OperatedRequest {
  const empty = {
    method: '',
    path: '',
    requestId: '',
    service: '',
    backend: '',
    clientAddress: '',
  };
  return { ...empty, host: 'a.example', target: '/x', scheme: 'http', responseLines: '', ...given };
}

describe('no value can add a line', () => {
  const hostile = fc.string({
    unit: fc.constantFrom('\r', '\n', '\0', 'a', ' ', ':', 'é', '\u2028'),
  });
  property.prop([hostile, hostile])('in a field', (host, target) => {
    const edits = new FieldEdits({
      remove: [],
      write: [
        { name: 'X-A', value: '{host}|{target}' },
        { name: 'X-B', value: '{clientAddress}' },
      ],
    });
    const lines = edits.lines(requestOf({ host, target, clientAddress: target }));
    expect(lines).toMatch(/^X-A: [^\r\n\0]*\r\nX-B: [^\r\n\0]*\r\n$/);
  });

  property.prop([hostile])('in a redirect', (target) => {
    const check = redirectCheck({ to: 'https://{host}/{target}', status: 308 });
    const refusal = check(requestOf({ target }), NO_FACTS);
    expect(refusal?.answer?.lines).toMatch(/^Location: [^\r\n\0]*\r\n$/);
  });
});

test('a field that is set or removed goes in every spelling and case', () => {
  const edits = new FieldEdits({ remove: ['X-User'], write: [] });
  for (const name of ['X-User', 'x_user', 'X.USER', 'x~uSeR']) {
    const bytes = Buffer.from(`${name}: 1`);
    expect(edits.drops(bytes, 0, name.length)).toBe(true);
  }
  for (const name of ['X-Users', 'X-Use', 'User']) {
    expect(edits.drops(Buffer.from(name), 0, name.length)).toBe(false);
  }
});

test('text in braces that is no variable stays as it is', () => {
  const json = '{"group":"default","max_age":1}';
  expect(renderer(`${json} {host}`)(requestOf())).toBe(`${json} a.example`);
});

describe('prefixes', () => {
  test.for([
    ['/api/x?y=/api', '/x?y=/api', '/v2/x?y=/api'],
    ['/api', '/', '/v2'],
    ['/api/', '/', '/v2/'],
    ['/api?x=1', '/?x=1', '/v2?x=1'],
    ['/api//evil.example/', '/evil.example/', '/v2//evil.example/'],
    ['/api/\\evil.example/', '/evil.example/', '/v2/\\evil.example/'],
  ])('%s', ([target, stripped, replaced]) => {
    expect(withPrefix(target!, { strip: '/api', put: '' })).toBe(stripped);
    expect(withPrefix(target!, { strip: '/api', put: '/v2' })).toBe(replaced);
  });
});

describe('redirects', () => {
  const locationOf = (to: string, given: Partial<OperatedRequest> = {}): string | undefined =>
    redirectCheck({ to, status: 307 })(requestOf(given), NO_FACTS)?.answer?.lines;

  test('to https only what is not there already', () => {
    expect(locationOf('https')).toBe('Location: https://a.example/x\r\n');
    expect(locationOf('https', { scheme: 'https' })).toBeUndefined();
  });

  test('a path never becomes a host', () => {
    for (const target of ['//evil.example', '/\\evil.example', '/%2fevil.example']) {
      expect(locationOf('/{target}', { target })).toMatch(/^Location: \/[^/\\]/);
    }
  });

  test('without a host there is nowhere to go', () => {
    const refusal = redirectCheck({ to: 'https', status: 308 })(requestOf({ host: '' }), NO_FACTS);
    expect(refusal).toMatchObject({ status: 400, reason: 'host-missing' });
  });
});

describe('allow and deny', () => {
  const refused = (rules: Parameters<typeof accessCheck>[0], clientAddress: string): boolean =>
    accessCheck(rules)(requestOf({ clientAddress }), NO_FACTS) !== undefined;

  test.for([
    [{ allow: ['10.0.0.0/8'] }, '10.1.2.3', false],
    [{ allow: ['10.0.0.0/8'] }, '11.1.2.3', true],
    [{ allow: ['10.0.0.0/8'], deny: ['10.0.0.1'] }, '10.0.0.1', true],
    [{ deny: ['10.0.0.1'] }, '10.0.0.2', false],
    [{ allow: ['2001:db8::/32'] }, '2001:db8:1::1', false],
    [{ allow: ['2001:db8::/32'] }, '2001:db9::1', true],
    [{ allow: ['::ffff:10.0.0.0/104'] }, '10.9.9.9', false],
    [{ allow: ['::ffff:a00:1'] }, '10.0.0.1', false],
    [{ deny: ['::ffff:10.0.0.1'] }, '10.0.0.1', true],
    [{ allow: ['0.0.0.0/0'] }, '::1', true],
    [{ allow: ['0.0.0.0/0', '::/0'] }, '::1', false],
    [{ allow: [] }, '10.0.0.1', true],
    // A client without an address, on a unix socket.
    [{ allow: ['0.0.0.0/0'] }, '', true],
  ] as const)('%j %s', ([rules, address, isRefused]) => {
    expect(refused(rules, address)).toBe(isRefused);
  });
});
