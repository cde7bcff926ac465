import { expect, test } from 'vitest';
import { compareParsers } from '../../fuzz/differential.ts';

test('whatever our parser accepts, node:http accepts with the same meaning', async () => {
  const { tried, accepted, disagreements } = await compareParsers(20, (count) => count >= 30_000);
  expect(disagreements).toEqual([]);
  expect(tried).toBe(30_000);
  // A generator that only makes garbage would prove nothing.
  expect(accepted).toBeGreaterThan(2_000);
});
