/** The last minute in slices, read off counters. */

import { expect, test } from 'vitest';
import { LastMinute } from './last-minute.ts';

test('slices add up to what was counted in the minute; a newcomer of the same id counts from 0', () => {
  const member = { id: 'a', requests: 7, failures: 1 };
  let members = [member];
  const minute = new LastMinute(() => members);
  minute.turn();
  expect(minute.of(member)).toEqual({ requests: [7, 0], failures: [1, 0] });
  for (let slice = 1; slice <= 20; slice++) {
    member.requests += slice;
    minute.turn();
  }
  member.failures += 2;
  const { requests, failures } = minute.of(member);
  expect(requests).toEqual([9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 0]);
  expect(failures.at(-1)).toBe(2);
  members = [{ id: 'a', requests: 3, failures: 0 }];
  expect(minute.of(members[0]!).requests.at(-1)).toBe(3);
  members = [];
  minute.turn();
  expect(minute.of(member).requests).toHaveLength(1);
});
