import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { arbitraryResults } from '../test/support/arbitrary.ts';
import { sampleResults } from '../test/support/sample.ts';
import { accountedFor } from './laws.ts';
import { parseResults } from './schema.ts';

// biome-ignore lint/suspicious/noExplicitAny: broken on purpose, which types would forbid
type Broken = any;

function brokenBy(change: (results: Broken) => void): unknown {
  const copy: Broken = structuredClone(sampleResults());
  change(copy);
  return copy;
}

describe('parseResults', () => {
  test.prop([arbitraryResults], { numRuns: 30 })(
    'gives back what was written, whatever the runs',
    (results) => {
      const written = JSON.parse(JSON.stringify(results));
      expect(parseResults(written)).toEqual(written);
    },
  );

  test('keeps the parts of a scenario that it does not know', () => {
    const results = parseResults(brokenBy((copy) => (copy.scenarios[0].extra = { deep: [1] })));
    expect(results.scenarios[0]).toMatchObject({ extra: { deep: [1] } });
  });

  test.each<[string, (results: Broken) => void]>([
    ['schema: ', (copy) => (copy.schema = 'evenkeel.results/2')],
    ['runs[0].requests: expected sent = ok', (copy) => copy.runs[0].requests.ok++],
    ['runs[1].requests.errors.reset: ', (copy) => delete copy.runs[1].requests.errors.reset],
    ['runs[0].latencyMs.p99: ', (copy) => delete copy.runs[0].latencyMs.p99],
    ['runs[0].latencyMs.p99: ', (copy) => (copy.runs[0].latencyMs.p99 = -1)],
    ['runs[0]: expected a reason', (copy) => (copy.runs[0].valid = false)],
    ['comparisons[0].metric: ', (copy) => (copy.comparisons[0].metric = 'p42')],
    ['startedAt: ', (copy) => (copy.startedAt = 'yesterday')],
  ])('says in one line what is wrong: %s', (message, change) => {
    let thrown = '';
    try {
      parseResults(brokenBy(change));
    } catch (error) {
      thrown = (error as Error).message;
    }
    expect(thrown.slice(0, message.length)).toBe(message);
    expect(thrown).not.toContain('\n');
  });

  test('names the value that it found', () => {
    const broken = brokenBy((copy) => (copy.runs[0].round = 'first'));
    expect(() => parseResults(broken)).toThrow('found "first"');
    expect(() => parseResults(undefined)).toThrow('results: ');
  });
});

test.prop([arbitraryResults], { numRuns: 30 })(
  'every sample run accounts for each request that it sent',
  ({ runs }) => {
    for (const { requests } of runs) expect(accountedFor(requests)).toBe(requests.sent);
  },
);

test.prop([fc.nat()])('accountedFor counts ok, each error and lost once', (n) => {
  const errors = {
    refused: n,
    reset: 1,
    timeout: 2,
    truncated: 3,
    status4xx: 4,
    status5xx: 5,
    other: 6,
  };
  expect(accountedFor({ sent: 0, ok: 10, errors, lost: 100 })).toBe(n + 131);
});
