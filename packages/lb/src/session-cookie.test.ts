/** Session cookies: what we signed is understood, and nothing else is. */

import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { SessionCookie } from './session-cookie.ts';

const SECRET = 'a secret of the operator';
const cookie = new SessionCookie('evenkeel', SECRET, () => true);
const stranger = (): SessionCookie => new SessionCookie('evenkeel', SECRET, () => true);

const anyId = fc.stringMatching(/^[\w.:[\]-]{1,128}$/);

property.prop([anyId])('a value binds to the id that it was made for, here and elsewhere', (id) => {
  const value = cookie.sign(id);
  expect(value).toMatch(/^[\w-]+\.[\w-]{22}$/);
  expect(cookie.sign(id)).toBe(value);
  expect([cookie.verify(value), stranger().verify(value)]).toEqual([id, id]);
});

property.prop([anyId, fc.nat(), fc.integer({ min: 1, max: 255 })])(
  'a value with any one octet changed, or any part cut off, binds to nothing',
  (id, place, change) => {
    const value = cookie.sign(id);
    const at = place % value.length;
    const octet = String.fromCharCode(value.charCodeAt(at) ^ change);
    for (const forged of [
      value.slice(0, at) + octet + value.slice(at + 1),
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
    expect(cookie.verify(noise)).toBeUndefined();
    expect(cookie.verify(`${noise}.${noise}`)).toBeUndefined();
  },
);

test('a value under another secret binds to nothing', () => {
  const other = new SessionCookie('evenkeel', `${SECRET}!`, () => true);
  expect(cookie.verify(other.sign('a'))).toBeUndefined();
});

test('a value for a backend that must not hold its sessions binds to nothing', () => {
  const leaving = new SessionCookie('evenkeel', SECRET, (id) => id !== 'b');
  expect(['a', 'b'].map((id) => leaving.verify(leaving.sign(id)))).toEqual(['a', undefined]);
});

test('the longest id has a value that is read, and what is longer is not looked at', () => {
  const longest = 'x'.repeat(128);
  expect(cookie.verify(cookie.sign(longest))).toBe(longest);
  expect(cookie.verify(cookie.sign(`${longest}xx`))).toBeUndefined();
});

test('more backends than are remembered make no difference', () => {
  const ids = Array.from({ length: 2_500 }, (_, i) => `b${i}`);
  const values = ids.map((id) => cookie.sign(id));
  expect(values.map((value) => cookie.verify(value))).toEqual(ids);
});
