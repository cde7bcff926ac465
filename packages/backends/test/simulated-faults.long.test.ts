/** As simulated-faults.test.ts, for every two faults; those that stop the process take a new one each. */

import { expect, test } from 'vitest';
import { startFleet } from '../src/index.ts';
import { expectAgreements, pairsOf, STANDING, STOPPING } from './pairs.ts';
import { spec } from './support.ts';

test('a request ends alike live and simulated under any two standing faults', async () => {
  const backends = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => spec(id));
  const fleet = await startFleet({ backends, seed: 7 });
  try {
    await expectAgreements(fleet, pairsOf(STANDING));
  } finally {
    await fleet.stop();
  }
});

test('a request ends alike live and simulated under a stopped process and any other fault', async () => {
  const fleet = await startFleet({ backends: [spec('a'), spec('b')], seed: 7 });
  try {
    const sets = [
      ...pairsOf(STOPPING, STANDING),
      ...pairsOf(STANDING, STOPPING),
      ...pairsOf(STOPPING),
    ];
    await expectAgreements(fleet, sets);
    expect(sets).toHaveLength(62);
  } finally {
    await fleet.stop();
  }
});
