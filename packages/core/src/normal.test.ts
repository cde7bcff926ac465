import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { normalQuantile } from './normal.ts';

describe('normalQuantile', () => {
  it('agrees with tabulated quantiles to 12 digits from the middle to the far tails', () => {
    // Tables of the normal distribution.
    const table: [number, number][] = [
      [0.5, 0],
      [0.75, 0.674489750196082],
      [0.975, 1.959963984540054],
      [0.999, 3.090232306167813],
      [1e-6, -4.753424308822899],
      [0.000000001, -5.997807015007687],
    ];
    for (const [p, x] of table) expect(normalQuantile(p)).toBeCloseTo(x, 11);
  });

  // From far down to 1 − p = 2^-20: nearer to 1 the subtraction 1 − p loses the digits compared.
  test.prop([fc.double({ min: 1e-6, max: 0.5, noNaN: true })])('is odd about one half', (p) => {
    expect(normalQuantile(1 - p)).toBeCloseTo(-normalQuantile(p), 8);
  });

  it('stays at that of 2^-33 below it, and at 0 and 1', () => {
    expect(normalQuantile(0)).toBeCloseTo(-6.33796, 4);
    expect(normalQuantile(2 ** -34)).toBe(normalQuantile(2 ** -33));
    expect(normalQuantile(1)).toBe(-normalQuantile(0));
  });
});
