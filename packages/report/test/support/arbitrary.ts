/** Random results for property tests: a few small runs of random shape, and hostile texts. */

import fc from 'fast-check';
import { ERROR_CAUSES, type Results, SIMULATED } from '../../src/index.ts';
import { sampleResults } from './sample.ts';
import { type ArmShape, sampleRuns } from './sample-run.ts';

const shape: fc.Arbitrary<ArmShape> = fc
  .record({
    scenario: fc.constantFrom('one-slow', 'one-dies', 'not described'),
    subject: fc.constantFrom('evenkeel', 'nginx', SIMULATED),
    strategy: fc.constantFrom('round-robin', 'round-robin#2', 'peak-ewma', 'own', 'random'),
    medianMs: fc.double({ min: 0.1, max: 2000, noNaN: true }),
    sigma: fc.double({ min: 0, max: 2, noNaN: true }),
    rounds: fc.integer({ min: 1, max: 3 }),
    durationMs: fc.constantFrom(0, 500, 2000),
    ratePerSecond: fc.constantFrom(0, 20, 300),
    failing: fc.record({
      share: fc.constantFrom(0, 0.2, 1),
      cause: fc.constantFrom(...ERROR_CAUSES),
    }),
    lost: fc.constantFrom(0, 3),
    voidRound: fc.constantFrom(0, 1, 2),
    shares: fc.constantFrom([0.25, 0.25, 0.25, 0.25], [1], Array<number>(20).fill(0.05)),
    withFault: fc.boolean(),
  })
  .map(({ withFault, ...rest }) => ({
    ...rest,
    ...(withFault
      ? { faults: [{ kind: 'kill', target: 'fast-1', startMs: 500, endMs: null }] }
      : {}),
  }));

/** Valid results with any mixture of live, simulated, void, empty and failing runs. */
export const arbitraryResults: fc.Arbitrary<Results> = fc
  .tuple(fc.uniqueArray(shape, { maxLength: 4, selector: armName }), fc.nat())
  .map(([shapes, seed]) => ({
    ...sampleResults(),
    runs: sampleRuns(shapes, seed),
  }));

function armName({ scenario, subject, strategy }: ArmShape): string {
  return JSON.stringify([scenario, subject, strategy]);
}

/** What an attacker, or an unlucky file, would put into a name. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '</script><script>alert(1)</script>',
    '<!--<script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '&lt;b&gt;',
    '</style><b>',
    '<',
    '\u2028\u2029\u202e\0',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
