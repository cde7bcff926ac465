/** Session cookies: what we signed is understood, and nothing else is; no value tells anything. */

import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import type { AffinityConfig } from './config/types.ts';
import { SessionCookie, type Sessions } from './session-cookie.ts';

const SECRET = 'a secret of the operator';

function cookieFor(
  ids: readonly string[],
  config: Partial<AffinityConfig> = {},
  keepsSessions: (id: string) => boolean = () => true,
): SessionCookie {
  const members = ids.map((id) => ({ id }));
  return new SessionCookie({ cookie: 'evenkeel', ...config }, SECRET, { members, keepsSessions });
}

const anyIds = fc.uniqueArray(fc.stringMatching(/^[\w.:[\]-]{1,128}$/), { minLength: 1 });

property.prop([anyIds])(
  'a value binds to the id that it was made for, in every instance',
  (ids) => {
    const [here, there] = [cookieFor(ids), cookieFor([...ids].reverse())];
    for (const id of ids) {
      const value = here.sign(id);
      expect(value).toMatch(/^[\w-]{22}$/);
      expect([here.verify(value), there.verify(value)]).toEqual([id, id]);
    }
  },
);

property.prop([anyIds, fc.nat(), fc.integer({ min: 1, max: 255 })])(
  'a value with any one byte changed, or any part cut off, binds to nothing',
  (ids, place, change) => {
    const cookie = cookieFor(ids);
    const value = cookie.sign(ids[0]!);
    const at = place % value.length;
    const byte = String.fromCharCode(value.charCodeAt(at) ^ change);
    for (const forged of [
      value.slice(0, at) + byte + value.slice(at + 1),
      value.slice(0, at),
      value.slice(at + 1),
      `${value}=`,
    ]) {
      expect(cookie.verify(forged)).toBeUndefined();
    }
  },
);

property.prop([fc.string({ unit: 'binary', maxLength: 300 })])(
  'noise binds to nothing',
  (noise) => {
    expect(cookieFor(['a', 'b']).verify(noise)).toBeUndefined();
  },
);

test('a value shows neither id nor address, and two ids that are alike have values that are not', () => {
  const ids = ['10.0.0.1:8080', '10.0.0.1:8081'];
  const cookie = cookieFor(ids);
  const [one, two] = ids.map((id) => cookie.sign(id));
  for (const value of [one!, two!]) {
    expect(value).not.toContain('10.0');
    expect(Buffer.from(value, 'base64url').toString('latin1')).not.toContain('10.0');
  }
  expect([...one!].filter((character, i) => character === two![i]).length).toBeLessThan(8);
});

test('a value under another secret binds to nothing', () => {
  const other = cookieFor(['a'], { secret: `${SECRET}!` });
  expect(cookieFor(['a']).verify(other.sign('a'))).toBeUndefined();
});

test('a value for a backend that must not hold its sessions binds to nothing', () => {
  const leaving = cookieFor(['a', 'b'], {}, (id) => id !== 'b');
  expect(['a', 'b'].map((id) => leaving.verify(leaving.sign(id)))).toEqual(['a', undefined]);
});

test('values follow the backends as they come and go', () => {
  const sessions = { members: [{ id: 'a' }], keepsSessions: () => true } satisfies Sessions;
  const cookie = new SessionCookie({ cookie: 'evenkeel' }, SECRET, sessions);
  const [a, b] = [cookie.sign('a'), cookie.sign('b')];
  expect([a, b].map((value) => cookie.verify(value))).toEqual(['a', undefined]);
  sessions.members = [{ id: 'b' }];
  expect([a, b].map((value) => cookie.verify(value))).toEqual([undefined, 'b']);
  sessions.members = [{ id: 'a' }, { id: 'b' }];
  expect([a, b].map((value) => cookie.verify(value))).toEqual(['a', 'b']);
});

test('the attributes are those that are configured', () => {
  const attributesOf = (config: Partial<AffinityConfig>) => cookieFor([], config).attributes;
  expect(attributesOf({})).toBe('; Path=/; HttpOnly; SameSite=Lax');
  expect(attributesOf({ sameSite: 'strict', maxAgeMs: 90_500, domain: 'example.org' })).toBe(
    '; Path=/; HttpOnly; SameSite=Strict; Max-Age=90; Domain=example.org',
  );
});
