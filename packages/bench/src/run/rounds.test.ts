import { seededRandom } from '@evenkeel/core';
import { loadScenario } from '@evenkeel/sim';
import { expect, it } from 'vitest';
import { evenkeel } from '../subjects/evenkeel.ts';
import { phaseOf } from './rounds.ts';

const ROUNDS = 400;
const scenario = loadScenario('one-slow');

it('the phase at which a round begins is drawn: every backend alike, for each arm by itself', () => {
  const phases = ['round-robin', 'round-robin#2'].map((label) =>
    Array.from({ length: ROUNDS }, (_, round) =>
      phaseOf(seededRandom(7), scenario, { subject: evenkeel, label }, round),
    ),
  );
  for (const mine of phases) {
    for (let phase = 0; phase < 4; phase++) {
      const count = mine.filter((one) => one === phase).length;
      // 100 expected, with a deviation of 8.7: five of them.
      expect(Math.abs(count - ROUNDS / 4)).toBeLessThan(44);
    }
  }
  const [first = [], again = []] = phases;
  const alike = first.filter((phase, round) => phase === again[round]).length;
  expect(Math.abs(alike - ROUNDS / 4)).toBeLessThan(44);
});
