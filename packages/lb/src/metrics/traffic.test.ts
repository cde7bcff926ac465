import { expect, test } from 'vitest';
import type { RequestObservation, RequestRecord } from '../observer.ts';
import { Traffic } from './traffic.ts';

test('a request that ends after its backend has left is counted, and brings no series back', () => {
  const traffic = new Traffic(() => 0);
  const end = (backend: string): void => {
    const observed = { backend, status: 503, durationMs: 5, firstByteMs: 0 };
    traffic.requestEnded({} as RequestRecord, observed as RequestObservation);
  };
  traffic.add('a');
  end('a');
  traffic.add('a');
  expect(traffic.backends.get('a')?.byStatus[503]).toBe(1);
  traffic.forget('a');
  end('a');
  traffic.upstreamCreated('a');
  traffic.probeEnded('a', { ok: false });
  expect([...traffic.backends.keys()]).toEqual(['']);
  expect(traffic.backends.get('')?.byStatus[503]).toBe(1);
  expect(traffic.durations.reduce((sum, count) => sum + count, 0)).toBe(2);
});
