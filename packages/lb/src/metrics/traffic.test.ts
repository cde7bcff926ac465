import { expect, test } from 'vitest';
import type { ConnectionRecord, RequestObservation, RequestRecord } from '../observer.ts';
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

test('connections in mode tcp: by service and backend, and those of a backend that has left under none', () => {
  const traffic = new Traffic(() => 0);
  traffic.addService('db');
  traffic.add('a', 'db');
  const end = (more: Partial<ConnectionRecord> = {}): void => {
    const record = { service: 'db', backend: 'a', end: 'complete', reason: '', connectMs: 2 };
    const counts = { receivedBytes: 3, sentBytes: 5, durationMs: 90_000 };
    traffic.connectionEnded({ ...record, ...counts, ...more } as ConnectionRecord);
  };
  end();
  end({ end: 'backend-broke', reason: 'backend-reset' });
  traffic.forget('a');
  end();
  const db = traffic.tcp.services.get('db');
  expect([...(db?.backends ?? [])]).toMatchObject([
    ['', { receivedBytes: 3, byEnd: { complete: 1 } }],
  ]);
  expect(db?.durations.counts.reduce((sum, count) => sum + count, 0)).toBe(3);
  expect(db?.durations.edges.at(-1)).toBe(86_400);
  expect(traffic.services.get('db')?.errors).toEqual(new Map([['backend-reset', 1]]));
  traffic.forgetService('db');
  end();
  expect([...traffic.tcp.services]).toEqual([]);
});
