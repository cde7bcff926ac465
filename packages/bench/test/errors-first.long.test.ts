/** Proxies that answer errors, die or do not start, side by side under `pnpm bench`: what is concluded. */

import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { badProxy, runForResults } from './support/command.ts';
import { closeAll, listen } from './support/servers.ts';

const SHORT = fileURLToPath(new URL('./scenarios/short.yaml', import.meta.url));
const SUBJECTS = [
  'direct',
  badProxy('errs', '--refuse 4'),
  // Calibration sends some 800, the first round the next ones.
  badProxy('mortal', '--die 1200'),
  'cmd:lame:echo port {port} is taken; exit 4',
];

describe('a bench of proxies that misbehave', () => {
  let bench: Awaited<ReturnType<typeof runForResults>>;
  beforeAll(async () => {
    const elsewhere = await listen(createServer((_, response) => response.end('ok')));
    const subjects = [...SUBJECTS, `url:other:${elsewhere}`];
    bench = await runForResults(
      ...['bench', '--quick', '--rounds', '2', '--scenario', SHORT, '--strategies', 'round-robin'],
      ...['--subjects', subjects.join(',')],
    );
  });

  afterAll(closeAll);

  it('does not call a proxy better that answers 503 to every fourth request, however fast it is', () => {
    const { results, stdout } = bench;
    const found = results.comparisons.find(({ a }) => a === 'errs/own');
    expect(['a', 'tie']).not.toContain(found?.verdict);
    // A busy machine may leave no round to compare; errors are counted all the same.
    if ((found?.n ?? 0) > 1) expect(found?.verdict).toBe('b');
    const mine = results.runs.filter(({ subject }) => subject === 'errs');
    expect(mine).toHaveLength(2);
    for (const { requests } of mine) {
      expect(requests.errors.status5xx / requests.sent).toBeCloseTo(0.25, 1);
    }
    expect(stdout).toMatch(/arm +answered/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(140);
  });

  it('knows nothing of backends that are not ours, which is not the same as zero', () => {
    const mine = bench.results.runs.filter(({ subject }) => subject === 'other');
    expect(mine).toHaveLength(2);
    for (const { attempts, retries, servedTwice, cpuUsPerRequest, rssBytes, requests } of mine) {
      expect([attempts, retries, servedTwice, cpuUsPerRequest, rssBytes]).toEqual(
        Array(5).fill(null),
      );
      expect(requests.ok).toBe(requests.sent);
    }
  });

  it('goes on without an arm that does not start, and says why', () => {
    const { results, code, stdout } = bench;
    const absent = results.absent?.find(({ arm }) => arm === 'lame/own');
    expect(absent?.reason).toMatch(/^lame ended at once: port \d+ is taken$/);
    const found = results.comparisons.find(({ a }) => a === 'lame/own');
    expect(found).toMatchObject({ n: 0, verdict: 'unresolved', reason: absent?.reason });
    expect(stdout).toMatch(/lame\/own: lame ended at once/);
    expect(code).toBe(0);
  });

  it('goes on without an arm that dies, and keeps what was measured of it', () => {
    const { results } = bench;
    expect(results.absent).toContainEqual({
      scenario: 'short',
      arm: 'mortal/own',
      reason: 'mortal ended by itself',
    });
    const mine = results.runs.filter(({ subject }) => subject === 'mortal');
    expect(mine.map(({ round }) => round)).toEqual([1]);
    expect(mine[0]?.requests.errors.refused).toBeGreaterThan(0);
    const others = results.runs.filter(({ subject, strategy }) => {
      return subject === 'direct' && strategy === 'own';
    });
    expect(others.map(({ round }) => round)).toEqual([1, 2]);
  });
});
