import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { DeadlineLine, type Waiter } from './deadlines.ts';
import { EventQueue } from './event-queue.ts';

class Guest implements Waiter {
  readonly name: number;
  isWaitedFor = false;
  dueMs = 0;
  earlier: this | undefined = undefined;
  later: this | undefined = undefined;

  constructor(name: number) {
    this.name = name;
  }
}

const guests = fc.array(fc.record({ joinMs: fc.nat(100), staysMs: fc.nat(60) }), { maxLength: 60 });

test.prop([guests, fc.integer({ min: 1, max: 40 })])(
  'a waiter that has not left in time expires exactly at the end of it, and no other does',
  (plan, timeoutMs) => {
    const queue = new EventQueue(() => {});
    const expired: [number, number][] = [];
    const line = new DeadlineLine<Guest>(queue, timeoutMs, ({ name }) => {
      expired.push([queue.now(), name]);
    });
    plan.forEach(({ joinMs, staysMs }, name) => {
      const guest = new Guest(name);
      queue.after(joinMs, () => {
        line.join(guest);
        queue.after(staysMs, () => line.leave(guest));
      });
    });
    while (queue.nextMs < Infinity) queue.step();
    const byName = new Map(expired.map(([at, name]) => [name, at]));
    expect(byName.size).toBe(expired.length);
    plan.forEach(({ joinMs, staysMs }, name) => {
      // At the very moment of the timeout either may come first.
      if (staysMs > timeoutMs) expect(byName.get(name)).toBe(joinMs + timeoutMs);
      if (staysMs < timeoutMs) expect(byName.has(name)).toBe(false);
    });
  },
);

test('a million short waits leave one timer', () => {
  const queue = new EventQueue(() => {});
  const line = new DeadlineLine<Guest>(queue, 5000, () => {});
  const guest = new Guest(1);
  for (let i = 0; i < 1_000_000; i++) {
    line.join(guest);
    line.leave(guest);
  }
  expect(queue.size).toBe(1);
});
