import { strategies } from '@evenkeel/core';
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { sampleResults } from '../../test/support/sample.ts';
import { sampleRuns } from '../../test/support/sample-run.ts';
import { assignSlots, COLOURS, MARKERS, slotKey, WELL_KNOWN } from './slots.ts';

function slotsOf(arms: readonly { subject: string; strategy: string }[]) {
  const shape = { scenario: 's', medianMs: 1, sigma: 1, durationMs: 0 };
  const runs = sampleRuns(arms.map((arm) => ({ ...shape, ...arm })));
  return assignSlots({ ...sampleResults(), runs, sweeps: [] });
}

const arms = fc.uniqueArray(
  fc.record({
    subject: fc.constantFrom('evenkeel', 'nginx', 'simulated'),
    strategy: fc.oneof(fc.constantFrom('round-robin', 'peak-ewma', 'maglev'), fc.string()),
  }),
  { maxLength: COLOURS * MARKERS.length, selector: slotKey },
);

describe('the colour and marker of an arm', () => {
  test.prop([arms])('belongs to one strategy alone', (some) => {
    const slots = slotsOf(some);
    expect(new Set(slots.values()).size).toBe(slots.size);
    expect(Math.max(0, ...slots.values())).toBeLessThan(COLOURS * MARKERS.length);
  });

  test.prop([arms])('of a well-known strategy does not depend on the others', (some) => {
    const own = { subject: 'evenkeel', strategy: 'least-connections' };
    expect(slotsOf([...some, own]).get('least-connections')).toBe(
      slotsOf([own]).get('least-connections'),
    );
  });

  test('of each strategy of the registry is fixed, whatever else is shown', () => {
    const names = strategies.map(({ name }) => name);
    expect(names.filter((name) => !WELL_KNOWN.includes(name))).toEqual([]);
    expect(WELL_KNOWN.length).toBeLessThanOrEqual(COLOURS * MARKERS.length);
    for (const strategy of names) {
      const alone = slotsOf([{ subject: 'evenkeel', strategy }]);
      expect(alone.get(strategy)).toBe(WELL_KNOWN.indexOf(strategy));
    }
  });

  test('is shared by a strategy, its repeat and its simulation, not by another product', () => {
    const key = (subject: string, strategy: string) => slotKey({ subject, strategy });
    expect(key('evenkeel', 'round-robin#2')).toBe('round-robin');
    expect(key('simulated', 'round-robin')).toBe('round-robin');
    expect(key('nginx', 'round-robin')).not.toBe('round-robin');
  });
});
