/** Laws of faults at one backend, without a backend around them. */

import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../scenario/types.ts';
import { BackendFaults } from './backend-faults.ts';
import { type ActiveFault, FaultStack, MANUAL_FAULT } from './fault-stack.ts';

const error = (rate: number, status = 500): Fault => ({ kind: 'error', rate, status, body: '' });
const INDEXES = Array.from({ length: 2000 }, (_, i) => i);

function backend(...faults: readonly Fault[]): BackendFaults {
  const made = new BackendFaults('a', 1);
  for (const [index, fault] of faults.entries()) made.begin({ index, fault });
  return made;
}
const statuses = (faults: BackendFaults): (number | undefined)[] =>
  INDEXES.map((i) => faults.error(i)?.status);

describe('which faults a request meets', () => {
  it('a rate hits its share, all or none', () => {
    for (const rate of [0, 0.1, 0.5, 1]) {
      const hits = statuses(backend(error(rate))).filter((status) => status === 500).length;
      // Five standard deviations.
      expect(Math.abs(hits - 2000 * rate)).toBeLessThanOrEqual(
        5 * Math.sqrt(2000 * rate * (1 - rate)),
      );
    }
  });

  it('depends on seed, backend, place of the fault and index of the request, and on nothing else', () => {
    const of = (id: string, seed: number, index: number): string => {
      const faults = new BackendFaults(id, seed);
      faults.begin({ index, fault: error(0.5) });
      return statuses(faults).join();
    };
    const first = of('a', 1, 0);
    expect(of('a', 1, 0)).toBe(first);
    const others = [of('b', 1, 0), of('a', 2, 0), of('a', 1, 1), of('a', 1, MANUAL_FAULT)];
    expect(new Set([first, ...others]).size).toBe(5);
  });

  it('of several faults of a kind that hit, the newest acts; another takes its place when it ends', () => {
    const faults = backend(error(1, 501), error(0.5, 502), error(1, 503));
    expect(new Set(statuses(faults))).toEqual(new Set([503]));
    faults.end('error', 2);
    expect(new Set(statuses(faults))).toEqual(new Set([501, 502]));
    faults.end('error', 0);
    expect(new Set(statuses(faults))).toEqual(new Set([undefined, 502]));
    faults.end('error', 0);
    faults.end('error', 1);
    expect(faults.isEmpty).toBe(true);
  });

  it('a fault that is set again counts from nothing, and so does a new process', () => {
    const failFirst: Fault = { kind: 'failFirst', rate: 1, n: 2, status: 503 };
    const faults = backend(failFirst);
    const kinds = (n: number): string[] => INDEXES.slice(0, n).map((i) => faults.admit(i).kind);
    expect(kinds(3)).toEqual(['error', 'error', 'accepted']);
    faults.begin({ index: 0, fault: failFirst });
    expect(kinds(3)).toEqual(['error', 'error', 'accepted']);
    faults.processStarted();
    expect(kinds(1)).toEqual(['error']);
  });

  it('leaks add up, each until its own end', () => {
    const leak = (msPerRequest: number): Fault => ({ kind: 'leak', rate: 1, msPerRequest });
    const faults = backend(leak(2));
    faults.served(0);
    expect(faults.leakedMs).toBe(2);
    faults.begin({ index: 1, fault: leak(5) });
    faults.served(1);
    expect(faults.leakedMs).toBe(7);
    faults.end('leak', 0);
    expect(faults.leakedMs).toBe(5);
  });

  it('a cut answer always promises more than it gives', () => {
    for (const bodyBytes of [0, 1, 100]) {
      for (const bytes of [0, 1, 1000]) {
        const faults = backend({ kind: 'truncate', rate: 1, bytes });
        const delivery = faults.deliver(0, { status: 200, bodyBytes });
        if (delivery.kind !== 'head') throw new Error('there must be a head');
        expect(delivery.sentBytes).toBe(Math.min(bytes, bodyBytes));
        expect(delivery.promisedBytes).toBeGreaterThan(delivery.sentBytes);
      }
    }
  });
});

describe('what faults do to a process', () => {
  const kind = fc.constantFrom('kill', 'restart', 'freeze', 'refuse' as const);
  const steps = fc.array(fc.tuple(fc.boolean(), kind, fc.nat(3)), { maxLength: 40 });

  test.prop([steps])('depends on which are in force, in whatever order they came', (list) => {
    const stack = new FaultStack();
    const inForce = new Map<string, ActiveFault>();
    for (const [begins, name, index] of list) {
      const fault: Fault = name === 'refuse' ? { kind: name, rate: 1 } : { kind: name };
      if (begins) {
        stack.begin({ index, fault });
        inForce.set(`${name} ${index}`, { index, fault });
      } else {
        stack.end(name, index);
        inForce.delete(`${name} ${index}`);
      }
      const kinds = new Set([...inForce.values()].map((one) => one.fault.kind));
      const stopped = kinds.has('kill') || kinds.has('restart');
      const expected = stopped ? 'stopped' : kinds.has('freeze') ? 'frozen' : 'running';
      expect(stack.processState).toBe(expected);
      expect(stack.active).toHaveLength(inForce.size);
    }
  });
});
