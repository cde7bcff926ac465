import { expect, test } from 'vitest';
import type { RequestObservation, RequestRecord } from '../observer.ts';
import { Traffic } from './traffic.ts';

test('a request that ends after its backend has left is counted, and brings no series back', () => {
  const traffic = new Traffic(() => 0);
  const end = (backend: string): void => {
    const observed = { backend, status: 503, durationMs: 5, reason: '' };
    traffic.requestEnded({ service: 'one' } as RequestRecord, observed as RequestObservation);
  };
  traffic.addService('one');
  traffic.add('a', 'one');
  end('a');
  traffic.add('a', 'one');
  expect(traffic.backends.get('a')?.requests.byStatus[503]).toBe(1);
  traffic.forget('a');
  end('a');
  traffic.upstreamCreated('a');
  traffic.probeEnded('a', { ok: false });
  expect([...traffic.backends.keys()]).toEqual([]);
  const one = traffic.services.get('one');
  expect(one?.requests.byStatus[503]).toBe(1);
  expect(one?.durations.counts.reduce((sum, count) => sum + count, 0)).toBe(2);
  traffic.forgetService('one');
  end('a');
  expect([...traffic.services.keys()]).toEqual(['']);
  expect(traffic.services.get('')?.requests.byStatus[503]).toBe(1);
});
