/** What holds while a source fails, and when it is asked again. */

import { ManualClock } from '@evenkeel/core/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resolveBackend } from '../config/resolve.ts';
import { DiscoveryError, type FailureKind, type Finder, type Found } from './finder.ts';
import { DiscoverySource } from './source.ts';

const CONFIG = {
  url: 'dns://web:80',
  target: { kind: 'dns', name: 'web', port: 80 },
  mode: 'http',
  minRefreshMs: 1000,
  maxRefreshMs: 10_000,
  settings: {},
} as const;

/** A finder that is answered by the test. */
class Asked implements Finder {
  readonly questions: { answer: (found: Found) => void; fail: (error: Error) => void }[] = [];
  readonly signals: AbortSignal[] = [];
  changed: () => void = () => {};
  isWatched = false;

  find(signal: AbortSignal): Promise<Found> {
    this.signals.push(signal);
    return new Promise((answer, fail) => this.questions.push({ answer, fail }));
  }

  watch(changed: () => void): () => void {
    this.changed = changed;
    this.isWatched = true;
    return () => {
      this.isWatched = false;
    };
  }
}

let clock: ManualClock;
let finder: Asked;
let source: DiscoverySource;
let told: number;

beforeEach(() => {
  clock = new ManualClock();
  finder = new Asked();
  told = 0;
  source = new DiscoverySource('default', CONFIG, finder, clock, () => {
    told += 1;
  });
  source.start();
});

afterEach(() => {
  source.close();
  expect(clock.pending).toBe(0);
  expect(finder.isWatched).toBe(false);
});

const ids = (): string => source.backends.map(({ id }) => id).join(' ');

function found(hosts: string, ttlMs = 5000, missing?: DiscoveryError): Found {
  const backends = hosts
    .split(' ')
    .map((id) => resolveBackend({ url: 'http://127.0.0.1', id }, 'http'));
  return { backends, ttlMs, ...(missing && { missing }) };
}

async function answer(what: Found): Promise<void> {
  finder.questions.at(-1)?.answer(what);
  await settled();
}

async function fail(kind: FailureKind): Promise<void> {
  finder.questions.at(-1)?.fail(new DiscoveryError(kind, `it is ${kind}`));
  await settled();
}

/** Answers travel through a few promises. */
async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

test('every kind of failure keeps the last good answer, and is counted apart', async () => {
  await answer(found('a b'));
  const kinds = ['nxdomain', 'empty', 'servfail', 'timeout', 'malformed', 'unreadable'] as const;
  for (const kind of kinds) {
    clock.advance(10_000);
    await fail(kind);
    expect([source.result, source.detail, ids()]).toEqual([kind, `it is ${kind}`, 'a b']);
    expect(source.counts.get(kind)).toBe(1);
  }
  clock.advance(10_000);
  await answer(found('b c'));
  expect([source.result, source.detail, ids()]).toEqual(['ok', '', 'b c']);
  expect(told).toBe(kinds.length + 2);
});

test('part of an answer counts only while there was no whole one', async () => {
  const missing = new DiscoveryError('partial', 'no AAAA');
  await answer(found('a', 5000, missing));
  expect([source.result, ids()]).toEqual(['partial', 'a']);
  clock.advance(1000);
  await answer(found('b', 5000, missing));
  expect(ids()).toBe('b');
  clock.advance(10_000);
  await answer(found('a b'));
  clock.advance(5000);
  await answer(found('a', 5000, missing));
  expect([source.result, ids()]).toEqual(['partial', 'a b']);
});

test('it is asked again when the answer ends, within the bounds', async () => {
  for (const [ttlMs, waitMs] of [
    [5000, 5000],
    [0, 1000],
    [3_600_000, 10_000],
    [Number.POSITIVE_INFINITY, 10_000],
  ] as const) {
    const before = finder.questions.length;
    await answer(found('a', ttlMs));
    clock.advance(waitMs - 1);
    expect(finder.questions.length).toBe(before);
    clock.advance(1);
    expect(finder.questions.length).toBe(before + 1);
  }
});

test('after failures it is asked ever less often, within the bounds, and at once as before after a success', async () => {
  for (const waitMs of [1000, 2000, 4000, 8000, 10_000, 10_000]) {
    const before = finder.questions.length;
    await fail('servfail');
    clock.advance(waitMs - 1);
    expect(finder.questions.length).toBe(before);
    clock.advance(1);
    expect(finder.questions.length).toBe(before + 1);
  }
  await answer(found('a', 0));
  clock.advance(1000);
  await fail('servfail');
  clock.advance(1000);
  expect(finder.questions.length).toBe(9);
});

test('a question without end is given up as a timeout', async () => {
  clock.advance(30_000);
  expect(finder.signals[0]?.aborted).toBe(true);
  finder.questions[0]?.fail(new Error('called off'));
  await settled();
  expect(source.result).toBe('timeout');
});

test('news while it is being asked makes one more question, not one per piece of news', async () => {
  for (let i = 0; i < 5; i++) finder.changed();
  expect(finder.questions.length).toBe(1);
  await answer(found('a'));
  expect(finder.questions.length).toBe(2);
  await answer(found('a'));
  expect(finder.questions.length).toBe(2);
});

test('a mistake in a finder is a failure, not the end of the program', async () => {
  finder.questions[0]?.fail(new TypeError('undefined is no function'));
  await settled();
  expect([source.result, source.detail]).toEqual(['malformed', 'undefined is no function']);
});

test('what comes after the end changes nothing', async () => {
  source.close();
  await answer(found('a'));
  finder.changed();
  expect([source.result, ids(), told, finder.questions.length]).toEqual([undefined, '', 0, 1]);
});
