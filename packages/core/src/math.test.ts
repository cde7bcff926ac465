import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { exp, log, pow } from './math.ts';

const bits = new BigInt64Array(1);
const value = new Float64Array(bits.buffer);

/** Distance of two doubles of one sign, in units in the last place. */
function ulps(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  value[0] = a;
  const first = bits[0]!;
  value[0] = b;
  const distance = first - bits[0]!;
  return Number(distance < 0n ? -distance : distance);
}

const positive = fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true });

describe('log', () => {
  test.prop([positive])('lies within 2 ulp of Math.log over all magnitudes', (x) => {
    expect(ulps(log(x), Math.log(x))).toBeLessThanOrEqual(2);
  });

  test.prop([fc.double({ min: 0.5, max: 2, noNaN: true })])(
    'stays exact near 1, where the result is small',
    (x) => {
      expect(ulps(log(x), Math.log(x))).toBeLessThanOrEqual(2);
    },
  );

  it('gives the limits: 0, one, negative, infinite and NaN', () => {
    expect(log(0)).toBe(-Infinity);
    expect(log(1)).toBe(0);
    expect(log(-1)).toBeNaN();
    expect(log(NaN)).toBeNaN();
    expect(log(Infinity)).toBe(Infinity);
    expect(ulps(log(Number.MIN_VALUE), Math.log(Number.MIN_VALUE))).toBeLessThanOrEqual(2);
  });
});

describe('exp', () => {
  test.prop([fc.double({ min: -708, max: 709.78, noNaN: true })])(
    'lies within 2 ulp of Math.exp',
    (x) => {
      expect(ulps(exp(x), Math.exp(x))).toBeLessThanOrEqual(2);
    },
  );

  test.prop([fc.double({ min: -745.1, max: -708, noNaN: true })])(
    'reaches the subnormal numbers',
    (x) => {
      expect(ulps(exp(x), Math.exp(x))).toBeLessThanOrEqual(2);
    },
  );

  it('gives the limits: 0, overflow, underflow and NaN', () => {
    expect(exp(0)).toBe(1);
    expect(exp(709.782712893384)).toBeLessThan(Infinity);
    expect(exp(709.79)).toBe(Infinity);
    expect(exp(-746)).toBe(0);
    expect(exp(-Infinity)).toBe(0);
    expect(exp(NaN)).toBeNaN();
  });

  test.prop([fc.double({ min: -300, max: 300, noNaN: true })])('undoes log', (x) => {
    expect(Math.abs(log(exp(x)) - x)).toBeLessThanOrEqual(1e-13 * Math.max(1, Math.abs(x)));
  });
});

describe('pow', () => {
  test.prop([
    fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
    fc.double({ min: -10, max: 10, noNaN: true }),
  ])('agrees with Math.pow to 12 digits', (x, y) => {
    const expected = x ** y;
    expect(Math.abs(pow(x, y) - expected)).toBeLessThanOrEqual(1e-12 * expected);
  });

  it('takes 0 to the limits', () => {
    expect([pow(0, 2), pow(0, 0), pow(0, -1)]).toEqual([0, 1, Infinity]);
  });
});

describe('bit patterns', () => {
  it('are those recorded here, on every machine', () => {
    const pattern = (x: number): string => {
      value[0] = x;
      return BigInt.asUintN(64, bits[0]!).toString(16);
    };
    const inputs = [0.1, 0.5, 0.9, 1.1, 2, 3, 1e-9, 12345.678];
    expect(inputs.map((x) => pattern(log(x)))).toMatchInlineSnapshot(`
      [
        "c0026bb1bbb55515",
        "bfe62e42fefa39ef",
        "bfbaf8e8210a415c",
        "3fb8663f793c46cc",
        "3fe62e42fefa39ef",
        "3ff193ea7aad030a",
        "c034b927f32bffb8",
        "4022d79559791e31",
      ]
    `);
    expect(inputs.map((x) => pattern(exp(-x)))).toMatchInlineSnapshot(`
      [
        "3fecf46d99d52b3a",
        "3fe368b2fc6f960a",
        "3fda053cc0086e1e",
        "3fd54dc284911bf0",
        "3fc152aaa3bf81cc",
        "3fa97db0ccceb0af",
        "3fefffffff768fa1",
        "0",
      ]
    `);
  });
});
