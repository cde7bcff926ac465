import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import {
  byName,
  bytes,
  count,
  duration,
  percent,
  percentRange,
  pValue,
  rate,
  roundPercent,
  UNKNOWN,
} from './format.ts';

/** Plain spaces are easier to read in a test. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('figures', () => {
  test('that are not known are a dash, never 0', () => {
    const shown = [count, duration, percent, rate, bytes, pValue].map((format) => format(null));
    expect(shown).toEqual(Array(6).fill(UNKNOWN));
    expect(byName('p99Ms', null)).toBe(UNKNOWN);
  });

  test.prop([fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })])(
    'short of all are never 100 %',
    (share) => {
      expect(plain(percent(share))).not.toBe('100 %');
    },
  );

  test('say what is missing to an availability', () => {
    expect([1, 0.99999, 0.9995, 0.25, 0].map((share) => plain(percent(share)))).toEqual([
      '100 %',
      '99.999 %',
      '99.95 %',
      '25 %',
      '0 %',
    ]);
  });

  test('carry their units', () => {
    expect([0.4213, 42.36, 421.4, 3000, 12_345].map((value) => plain(duration(value)))).toEqual([
      '0.421 ms',
      '42.4 ms',
      '421 ms',
      '3,000 ms',
      '12.3 s',
    ]);
    expect(plain(bytes(82_000_000))).toBe('78.2 MiB');
    expect(plain(bytes(0))).toBe('0 B');
    expect(rate(599.6)).toBe('600/s');
  });

  test('take their unit from the name of an objective', () => {
    const shown = [
      byName('recoverMs', 500),
      byName('availability', 0.999),
      byName('amplification', 1.2),
      byName('lost', 0),
      byName('ratePerSecond', 600),
    ];
    expect(shown.map(plain)).toEqual(['500 ms', '99.9 %', '1.2×', '0', '600/s']);
  });

  test('differences are whole percents, small ones with a decimal', () => {
    expect([0.38, 0.034, -0.12].map((share) => plain(roundPercent(share)))).toEqual([
      '38 %',
      '3.4 %',
      '−12 %',
    ]);
    expect(plain(percentRange(0.31, 0.44))).toBe('31–44 %');
  });

  test('no p-value is 0', () => {
    expect(pValue(0)).toBe('< 0.001');
    expect(pValue(0.0213)).toBe('0.021');
  });
});
