/** Which sockets are ours, by what systemd says. */

import { expect, test } from 'vitest';
import { inheritedSockets } from './inherited-sockets.ts';

test('descriptors from 3 on, if they are meant for this process', () => {
  expect(inheritedSockets({ LISTEN_PID: '7', LISTEN_FDS: '2' }, 7)).toEqual([3, 4]);
  expect(inheritedSockets({ LISTEN_PID: '8', LISTEN_FDS: '2' }, 7)).toEqual([]);
  expect(inheritedSockets({}, 7)).toEqual([]);
});

test('absurd numbers are none, or bounded', () => {
  for (const count of ['', '-1', 'x', '1.5', '99999999', '0']) {
    expect(inheritedSockets({ LISTEN_PID: '7', LISTEN_FDS: count }, 7)).toEqual([]);
  }
  expect(inheritedSockets({ LISTEN_PID: '7', LISTEN_FDS: '999' }, 7)).toHaveLength(64);
});
