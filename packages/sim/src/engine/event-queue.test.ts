import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { EventQueue } from './event-queue.ts';

function drain(queue: EventQueue): void {
  while (queue.nextMs < Infinity) queue.step();
}

describe('order', () => {
  test.prop([fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 300 })])(
    'events fire by time, and at one time in the order in which they were made',
    (delays) => {
      const fired: number[] = [];
      const queue = new EventQueue((tag) => fired.push(tag));
      delays.forEach((delay, tag) => {
        queue.schedule(delay, tag);
      });
      drain(queue);
      const expected = delays.map((_, tag) => tag).sort((a, b) => delays[a]! - delays[b]! || a - b);
      expect(fired).toEqual(expected);
    },
  );

  test.prop([
    fc.array(fc.record({ delay: fc.nat(50), follow: fc.nat(50), cancel: fc.boolean() }), {
      maxLength: 200,
    }),
  ])('a timer fires exactly once, at its time, unless it was cancelled', (plan) => {
    const queue = new EventQueue(() => {});
    const fired: number[] = [];
    const due: number[] = [];
    for (const { delay, follow, cancel } of plan) {
      const id = queue.after(delay, () => {
        fired.push(queue.now());
        queue.after(follow, () => fired.push(queue.now()));
      });
      if (cancel) queue.cancel(id);
      else due.push(delay, delay + follow);
    }
    drain(queue);
    expect(fired).toEqual(due.sort((a, b) => a - b));
  });
});

describe('events that are made at events', () => {
  test.prop([fc.array(fc.array(fc.nat(5), { maxLength: 3 }), { minLength: 1, maxLength: 200 })])(
    'fire in the order of a sorted list, and the size counts those to come',
    (follows) => {
      const pending: { time: number; tag: number }[] = [];
      let made = 0;
      const make = (delay: number): void => {
        pending.push({ time: queue.now() + delay, tag: made });
        queue.schedule(delay, made++);
      };
      const queue = new EventQueue((tag) => {
        // The first of the earliest: made in this order.
        const first = pending.reduce((a, b) => (b.time < a.time ? b : a));
        expect([queue.now(), tag]).toEqual([first.time, first.tag]);
        pending.splice(pending.indexOf(first), 1);
        expect(queue.size).toBe(pending.length);
        for (const delay of follows[tag] ?? []) make(delay);
        expect(queue.size).toBe(pending.length);
      });
      make(0);
      make(3);
      drain(queue);
      expect(pending).toEqual([]);
    },
  );

  it('survive that thousands of timers are cancelled at one, whether or not it makes others', () => {
    for (const isFollowed of [false, true]) {
      const fired: number[] = [];
      const queue = new EventQueue((tag) => fired.push(tag));
      queue.after(1, () => {
        if (isFollowed) queue.schedule(1, 2);
        for (const id of ids) queue.cancel(id);
        queue.schedule(2, 3);
      });
      const ids = Array.from({ length: 4000 }, (_, i) => queue.after(5 + (i % 7), () => {}));
      queue.schedule(4, 4);
      expect(queue.size).toBe(4002);
      drain(queue);
      expect(fired).toEqual(isFollowed ? [2, 3, 4] : [3, 4]);
    }
  });
});

describe('as a clock', () => {
  it('never fires synchronously, and its time never goes back', () => {
    const queue = new EventQueue(() => {});
    let fired = false;
    queue.after(-5, () => {
      fired = true;
    });
    expect(fired).toBe(false);
    queue.step();
    expect([fired, queue.now()]).toEqual([true, 0]);
  });

  it('ignores ids that are unknown, fired or cancelled, and never hands out 0', () => {
    const queue = new EventQueue(() => {});
    const id = queue.after(1, () => {});
    expect(id).not.toBe(0);
    queue.cancel(0);
    queue.cancel(12345);
    drain(queue);
    queue.cancel(id);
    expect(queue.size).toBe(0);
  });

  it('does not keep cancelled timers: a million of them need the memory of a few thousand', () => {
    const queue = new EventQueue(() => {});
    let largest = 0;
    for (let i = 0; i < 1_000_000; i++) {
      queue.cancel(queue.after(5000, () => {}));
      largest = Math.max(largest, queue.size);
    }
    expect(largest).toBeLessThan(3000);
  });

  it('keeps the order of the others when it drops them', () => {
    const fired: number[] = [];
    const queue = new EventQueue((tag) => fired.push(tag));
    const ids: number[] = [];
    for (let i = 0; i < 4000; i++) {
      ids.push(queue.after(i % 97, () => {}));
      if (i % 10 === 0) queue.schedule((i * 31) % 101, i);
    }
    for (const id of ids) queue.cancel(id);
    expect(queue.size).toBeLessThan(4000);
    drain(queue);
    const tags = Array.from({ length: 400 }, (_, i) => i * 10);
    expect(fired).toEqual(tags.sort((a, b) => ((a * 31) % 101) - ((b * 31) % 101) || a - b));
  });
});
