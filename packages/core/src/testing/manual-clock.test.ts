import { fc, test as propertyTest } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { ManualClock } from './manual-clock.ts';

describe('a manual clock', () => {
  propertyTest.prop([fc.array(fc.nat(20), { maxLength: 30 })])(
    'fires by time, then by creation, each at its own time',
    (delays) => {
      const clock = new ManualClock();
      clock.advance(3);
      const fired: { index: number; atMs: number }[] = [];
      for (const [index, delayMs] of delays.entries()) {
        clock.after(delayMs, () => fired.push({ index, atMs: clock.now() }));
      }
      clock.advance(20);
      const expected = delays.map((delayMs, index) => ({ index, atMs: 3 + delayMs }));
      // Stable: equal times stay in the order of creation.
      expect(fired).toEqual(expected.sort((a, b) => a.atMs - b.atMs));
      expect([clock.now(), clock.pending]).toEqual([23, 0]);
    },
  );

  test('fires what a timer sets for the same stretch of time, and leaves what is due later', () => {
    const clock = new ManualClock();
    const fired: number[] = [];
    const again = (): void => {
      fired.push(clock.now());
      clock.after(4, again);
    };
    clock.after(4, again);
    clock.advance(11);
    expect([fired, clock.pending]).toEqual([[4, 8], 1]);
    clock.advance(1);
    expect(fired).toEqual([4, 8, 12]);
  });

  test('does not fire what was cancelled', () => {
    const clock = new ManualClock();
    const fired: string[] = [];
    const first = clock.after(5, () => fired.push('first'));
    clock.after(5, () => fired.push('second'));
    clock.cancel(first);
    clock.advance(5);
    expect(fired).toEqual(['second']);
  });

  test.each([-1, Number.NaN])('refuses a delay of %d', (delayMs) => {
    const after = (): unknown => new ManualClock().after(delayMs, () => {});
    expect(after).toThrow(new RangeError(`delayMs must be ≥ 0, got ${delayMs}`));
  });
});
