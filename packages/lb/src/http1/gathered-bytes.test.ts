/** Heads that come in pieces: looked at seldom, and never too late. */

import { expect, test } from 'vitest';
import { GatheredBytes } from './gathered-bytes.ts';

const HEAD = Buffer.from(`GET / HTTP/1.1\r\n${'X: 12345\r\n'.repeat(1_500)}\r\n`);

test('a head that comes byte by byte is looked at a dozen times, and when it is whole', () => {
  const gathered = new GatheredBytes(HEAD, 0, 1);
  let looks = 0;
  for (let i = 1; i < HEAD.length; i++) {
    gathered.add(HEAD, i, i + 1);
    if (!gathered.isWorthALook) continue;
    looks++;
    gathered.looked();
    if (i === HEAD.length - 1) expect(gathered.memory.subarray(0, gathered.length)).toEqual(HEAD);
  }
  expect(looks).toBeLessThanOrEqual(Math.log2(HEAD.length) + 2);
  expect(gathered.isWorthALook).toBe(false);
});

test('the empty line is seen wherever it is cut', () => {
  const head = Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  for (let cut = head.length - 4; cut < head.length; cut++) {
    const gathered = new GatheredBytes(head, 0, cut);
    gathered.add(head, cut, head.length);
    expect(gathered.isWorthALook).toBe(true);
  }
});

test('a line that ends with LF alone is looked at, whole lines are not', () => {
  const line = Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n');
  const gathered = new GatheredBytes(line, 0, 16);
  gathered.add(line, 16, line.length);
  expect(gathered.isWorthALook).toBe(false);
  gathered.add(Buffer.from('x\n'), 0, 2);
  expect(gathered.isWorthALook).toBe(true);
});
