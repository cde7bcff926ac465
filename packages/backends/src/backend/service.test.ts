/** Laws of the service model on a clock as coarse as Node's, and on Node's own. */

import { exponential, seededRandom } from '@evenkeel/core';
import { expect, test } from 'vitest';
import { liveClock } from '../clock.ts';
import { type QueuedWork, ServiceModel } from './service.ts';

/** Virtual time; a timer fires up to `lateMsMax` after its moment, as the seed says. */
class CoarseClock {
  readonly #random = seededRandom(5);
  readonly #lateMsMax: number;
  readonly #timers: { atMs: number; fire: () => void }[] = [];
  #nowMs = 0;

  constructor(lateMsMax: number) {
    this.#lateMsMax = lateMsMax;
  }

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, fire: () => void): number {
    const atMs = this.#nowMs + delayMs + this.#random.next() * this.#lateMsMax;
    return this.#timers.push({ atMs, fire });
  }

  run(): void {
    while (this.#timers.length > 0) {
      this.#timers.sort((a, b) => b.atMs - a.atMs);
      const { atMs, fire } = this.#timers.pop()!;
      this.#nowMs = Math.max(this.#nowMs, atMs);
      fire();
    }
  }
}

interface Record {
  waitedMs: number;
  tookMs: number;
}

function job(serviceMs: number, log: Record[], then: () => void = () => {}): QueuedWork {
  const record = { waitedMs: -1, tookMs: -1 };
  return {
    serviceMs,
    started: (waitedMs) => {
      record.waitedMs = waitedMs;
    },
    done: (tookMs) => {
      record.tookMs = tookMs;
      log.push(record);
      then();
    },
  };
}

test('serves first come, first served, as many at once as there are slots', () => {
  const clock = new CoarseClock(0);
  const service = new ServiceModel(clock, 2, 10);
  const log: Record[] = [];
  for (const serviceMs of [10, 35, 10, 10]) service.submit(job(serviceMs, log));
  clock.run();
  expect(log).toEqual([
    { waitedMs: 0, tookMs: 10 },
    { waitedMs: 10, tookMs: 10 },
    { waitedMs: 20, tookMs: 10 },
    { waitedMs: 0, tookMs: 35 },
  ]);
});

test('refuses what finds every slot and every place in the queue taken, and only that', () => {
  const clock = new CoarseClock(0);
  const service = new ServiceModel(clock, 1, 2);
  const log: Record[] = [];
  const taken = [1, 2, 3, 4].map(() => service.submit(job(5, log)));
  expect(taken).toEqual([true, true, true, false]);
  clock.run();
  expect(log).toHaveLength(3);
  expect(service.submit(job(5, log))).toBe(true);
});

test('without a queue a slot is all there is', () => {
  const service = new ServiceModel(new CoarseClock(0), 1, 0);
  expect(service.submit(job(5, []))).toBe(true);
  expect(service.submit(job(5, []))).toBe(false);
});

test('one withdrawn from the queue is neither served nor in the way; in service it runs on', () => {
  const clock = new CoarseClock(0);
  const service = new ServiceModel(clock, 1, 1);
  const log: Record[] = [];
  const [running, waiting, last] = [job(10, log), job(99, log), job(20, log)];
  service.submit(running);
  service.submit(waiting);
  service.withdraw(waiting);
  service.withdraw(running);
  expect(service.submit(last)).toBe(true);
  clock.run();
  expect(log.map(({ tookMs }) => tookMs)).toEqual([10, 20]);
});

test('a job submitted by the end of another waits behind those that were there before', () => {
  const clock = new CoarseClock(0);
  const service = new ServiceModel(clock, 1, 10);
  const log: Record[] = [];
  service.submit(job(1, log, () => service.submit(job(3, log))));
  service.submit(job(2, log));
  clock.run();
  expect(log.map(({ tookMs }) => tookMs)).toEqual([1, 2, 3]);
});

test('a long queue of jobs without length does not grow the stack', () => {
  const clock = new CoarseClock(0);
  const service = new ServiceModel(clock, 1, 200_000);
  const log: Record[] = [];
  service.submit(job(1, log));
  for (let i = 0; i < 100_000; i++) service.submit(job(0, log));
  clock.run();
  expect(log).toHaveLength(100_001);
});

/** Serves `count` jobs of mean 5 ms from 20 clients; the ratio of the time taken to the time asked. */
function meanRatio(service: ServiceModel, count: number, done: (ratio: number) => void): void {
  const random = seededRandom(9);
  const { sampleAt } = exponential(5);
  const log: Record[] = [];
  let askedMs = 0;
  let left = count;
  const next = (): void => {
    if (log.length === count) done(log.reduce((sum, { tookMs }) => sum + tookMs, 0) / askedMs);
    if (left-- <= 0) return;
    const serviceMs = sampleAt(random.next());
    askedMs += serviceMs;
    service.submit(job(serviceMs, log, next));
  };
  for (let i = 0; i < 20; i++) next();
}

test('timers up to 1.5 ms late leave the mean of 5 ms true within 1 %', () => {
  const clock = new CoarseClock(1.5);
  let ratio = 0;
  meanRatio(new ServiceModel(clock, 20, 0), 20_000, (result) => {
    ratio = result;
  });
  clock.run();
  expect(ratio).toBeGreaterThan(0.99);
  expect(ratio).toBeLessThan(1.01);
});

test('a stall is not made up for by serving faster afterwards', () => {
  const clock = new CoarseClock(0);
  let stalledMs = 0;
  const stalling = { now: () => clock.now() + stalledMs, after: clock.after.bind(clock) };
  const service = new ServiceModel(stalling, 1, 10);
  const log: Record[] = [];
  service.submit(job(10, log));
  stalledMs = 1000;
  clock.run();
  service.submit(job(10, log));
  clock.run();
  expect(log.map(({ tookMs }) => tookMs)).toEqual([1010, 7]);
});

test("Node's own timers keep the mean of 5 ms within 3 %, in a quiet moment", async () => {
  // A busy machine makes any process late: one undisturbed quarter of a second is enough.
  const ratios: number[] = [];
  while (ratios.length < 20 && !ratios.some((ratio) => Math.abs(ratio - 1) < 0.03)) {
    const service = new ServiceModel(liveClock, 20, 0);
    ratios.push(await new Promise((resolve) => meanRatio(service, 1000, resolve)));
  }
  expect(Math.min(...ratios.map((ratio) => Math.abs(ratio - 1)))).toBeLessThan(0.03);
});
