/** Several generator processes send one load: together exactly the plan, and each answers for itself. */

import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { Histogram, histogramOf } from '@evenkeel/core/stats';
import { checkScenario } from '@evenkeel/sim';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { Generators } from '../src/load/generators.ts';
import {
  clientOutcomeCode,
  NO_BACKEND,
  type OpenJob,
  type ProcessUse,
  type Samples,
} from '../src/load/job.ts';
import { mergeSamples, splitJob } from '../src/load/split.ts';
import { recordOf } from '../src/run/record.ts';
import { direct } from '../src/subjects/others.ts';
import { closeAll, listen } from './support/servers.ts';

afterEach(closeAll);

function jobOf(atMs: readonly number[], target = 'http://127.0.0.1:1'): OpenJob {
  return {
    kind: 'open',
    targets: [target],
    atMs: Float64Array.from(atMs),
    work: Float64Array.from(atMs, (_, i) => i / atMs.length),
    post: Uint8Array.from(atMs, (_, i) => (i % 3 === 0 ? 1 : 0)),
    key: atMs.map((_, i) => `k${i}`),
    idPrefix: 'run-',
    timeoutMs: 10_000,
    bodyBytes: 0,
    maxInFlight: 64,
  };
}

/** The samples of processes that sent each request late by their own delay, and had an answer after `tookMs`. */
function samplesOf(
  { atMs }: OpenJob,
  { lateMs = 0, tookMs = (i: number) => i, use = { loopLagP99Ms: 0, cpu: 0.1 } as ProcessUse } = {},
  numberOf = (i: number) => i,
): Samples {
  const sentMs = atMs.map((at) => at + lateMs);
  return {
    startedEpochMs: 1_000,
    sentMs,
    endedMs: sentMs.map((at, i) => at + tookMs(numberOf(i))),
    outcome: new Uint8Array(atMs.length).fill(clientOutcomeCode('ok')),
    backend: Uint8Array.from(atMs, (_, i) => (numberOf(i) % 2 === 0 ? 0 : NO_BACKEND)),
    backends: ['web'],
    processes: [use],
    cutShort: null,
  };
}

function runOf(job: OpenJob, samples: Samples) {
  const durationMs = 1_000 + Math.max(0, ...job.atMs);
  const { load } = checkScenario(
    {
      name: 'x',
      title: 'x',
      fleet: [{ id: 'web', count: 1, service: { distribution: 'constant', meanMs: 1 } }],
      load: { kind: 'open', ratePerSecond: 1, warmupMs: 0, durationMs },
    },
    'test',
  );
  const raw = { job, samples, faults: [], cpuUs: null, rssBytes: null, subjectExitedEpochMs: null };
  const arm = { subject: direct, strategy: 'own', label: 'own' };
  const place = { arm, round: 1, order: 1, seed: 1, commandEpochMs: 0 };
  return recordOf({ name: 'x', load, objectives: {} }, place, raw).run;
}

const plans = fc
  .array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 40 })
  .map((times) => times.sort((a, b) => a - b));
const counts = fc.integer({ min: 1, max: 7 });

describe('a plan in parts', () => {
  it('is sent whole, each request by one process under its own number', () => {
    fc.assert(
      fc.property(plans, counts, (atMs, count) => {
        const job = jobOf(atMs);
        const sent = splitJob(job, count).flatMap(({ atMs: mine, work, post, key, part }) =>
          Array.from(mine, (at, i) => {
            const number = (part?.first ?? 0) + i * (part?.step ?? 1);
            return [number, at, work[i], post[i], key[i]] as const;
          }),
        );
        sent.sort(([a], [b]) => a - b);
        const planned = atMs.map((at, i) => [i, at, job.work[i], job.post[i], job.key[i]]);
        expect(sent).toEqual(planned);
      }),
    );
  });

  it('comes to the same samples, percentiles and histogram as with one process', () => {
    fc.assert(
      fc.property(plans, counts, fc.array(fc.nat(500)), (atMs, count, times) => {
        const tookMs = (i: number): number => times[i % Math.max(1, times.length)] ?? 1;
        const job = jobOf(atMs);
        const parts = splitJob(job, count).map((part, first) =>
          samplesOf(part, { tookMs }, (i) => first + i * count),
        );
        const whole = samplesOf(job, { tookMs });
        const merged = mergeSamples(parts);
        expect({ ...merged, processes: [] }).toEqual({ ...whole, processes: [] });
        const one = runOf(job, whole);
        const several = runOf(job, merged);
        expect(several.latencyMs).toEqual(one.latencyMs);
        expect(several.histogram).toBe(one.histogram);
        expect(several.requests).toEqual(one.requests);
        // And as merging the histograms of the processes.
        const sum = new Histogram();
        for (const { sentMs, endedMs } of parts) {
          sum.add(histogramOf(Array.from(endedMs, (ended, i) => ended - (sentMs[i] ?? 0))));
        }
        expect([...sum.cells()]).toEqual([
          ...histogramOf(
            Array.from(whole.endedMs, (ended, i) => ended - (job.atMs[i] ?? 0)),
          ).cells(),
        ]);
      }),
    );
  });
});

describe('each process', () => {
  const job = jobOf(Array.from({ length: 300 }, (_, i) => i * 10));
  const runWith = (...own: { lateMs?: number; use?: ProcessUse }[]) =>
    runOf(job, mergeSamples(splitJob(job, own.length).map((part, i) => samplesOf(part, own[i]))));

  it('makes the run void where it alone was late, lagged or was overloaded, and is named', () => {
    expect(runWith({}, {}, {}).valid).toBe(true);
    expect(runWith({}, { lateMs: 40 }, {}).void).toMatch(/^generator 2 of 3 sent 40\.0 ms late/);
    const lagging = { use: { loopLagP99Ms: 30, cpu: 0 } };
    expect(runWith({}, {}, lagging).void).toMatch(/^generator 3 of 3's loop lagged 30\.0 ms/);
    const busy = { use: { loopLagP99Ms: 0, cpu: 0.95 } };
    expect(runWith(busy, {}).void).toMatch(/^generator 1 of 2 used 95 % of a core/);
  });

  it('is told of in the results: its requests, rate, lateness, lag and processor time', () => {
    const { generator, requests } = runWith({}, { lateMs: 1, use: { loopLagP99Ms: 3, cpu: 0.4 } });
    expect(generator?.processes).toHaveLength(2);
    expect(generator?.processes?.map(({ sent }) => sent)).toEqual([150, 150]);
    expect(requests.sent).toBe(300);
    expect(generator?.processes?.[1]).toMatchObject({ loopLagP99Ms: 3, cpu: 0.4 });
    expect(generator?.processes?.[1]?.latenessP99Ms).toBeCloseTo(1, 6);
    expect(generator?.processes?.[0]?.latenessP99Ms).toBe(0);
    expect(generator).toMatchObject({ loopLagP99Ms: 3, cpu: 0.4 });
  });
});

describe('generator processes over sockets', () => {
  it('send every request of the plan once, and outlive the end of one of them', async () => {
    const seen: string[] = [];
    const target = await listen(
      createServer(({ headers }, response) => {
        seen.push(`${headers['x-request-id']} ${headers['x-work-index']} ${headers['x-key']}`);
        response.setHeader('x-backend', 'web').end('x');
      }),
    );
    await using generators = new Generators(2);
    const job = jobOf(
      Array.from({ length: 100 }, (_, i) => i * 2),
      target,
    );
    const planned = job.key.map((key, i) => `run-${i} ${i} ${key}`);
    const first = await generators.run(job);
    expect(seen.toSorted()).toEqual(planned.toSorted());
    expect([...first.outcome]).toEqual(new Array(100).fill(clientOutcomeCode('ok')));
    expect(first.processes).toHaveLength(2);

    // One that is killed leaves a run without samples that says why; the next run is whole again.
    let [victim] = processesOfGenerators();
    const long = jobOf([0, 1, 2, 60_000, 60_001, 60_002], target);
    const cut = await generators.run(long, () => {
      if (victim !== undefined) process.kill(victim, 'SIGKILL');
      victim = undefined;
    });
    expect(cut.cutShort).toMatch(/^generator [12] of 2 ended in mid-run \(SIGKILL\)$/);
    expect(runOf(long, cut)).toMatchObject({ valid: false, void: cut.cutShort });
    seen.length = 0;
    expect((await generators.run(job)).cutShort).toBeNull();
    expect(seen.toSorted()).toEqual(planned.toSorted());
  });
});

/** Ids of this process's children that are generators. */
function processesOfGenerators(): number[] {
  const args = ['-P', String(process.pid), '-f', 'load/worker.ts'];
  return execFileSync('pgrep', args, { encoding: 'utf8' }).trim().split('\n').map(Number);
}
