/** Overlapping faults: each ends by itself, live as simulated, and no order of them is an error. */

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { startFleet } from '../src/index.ts';
import { expectSameStates } from './schedules.ts';
import { ask, spec, statusOf } from './support.ts';

test.each([1, 2, 3])('random schedule %i: the same states live and simulated', async (seed) => {
  await expectSameStates(seed, 16);
});

test('the end of one fault leaves the others in force', async () => {
  const fleet = await startFleet({ backends: [spec('a')] });
  const status = async (): Promise<number> => statusOf(await ask(fleet.urls[0]!));
  const error = { kind: 'error', rate: 1, body: '' } as const;
  const [first, second] = [
    { index: 0, fault: { ...error, status: 501 } },
    { index: 1, fault: { ...error, status: 502 } },
  ];
  try {
    await fleet.beginFault('a', first, true);
    await fleet.beginFault('a', second, true);
    expect(await status()).toBe(502);
    await fleet.endFault('a', first);
    expect(await status()).toBe(502);
    await fleet.beginFault('a', first, true);
    await fleet.endFault('a', second);
    expect(await status()).toBe(501);
    await fleet.endFault('a', first);
    expect(await status()).toBe(200);
  } finally {
    await fleet.stop();
  }
});

test('a killed backend is killed and frozen again without an error, and comes back once', async () => {
  const fleet = await startFleet({ backends: [spec('a')] });
  const kill = (index: number) => ({ index, fault: { kind: 'kill' } }) as const;
  const freeze = { index: 2, fault: { kind: 'freeze' } } as const;
  const state = async (): Promise<string> => (await fleet.status('a')).state;
  try {
    await fleet.beginFault('a', kill(0), true);
    await fleet.beginFault('a', freeze, true);
    await fleet.beginFault('a', kill(1), true);
    await fleet.endFault('a', kill(0));
    expect(await state()).toBe('dead');
    await fleet.endFault('a', kill(1));
    expect(await state()).toBe('frozen');
    await fleet.endFault('a', freeze);
    expect(await state()).toBe('running');
    expect((await fleet.status('a')).restarts).toBe(1);
  } finally {
    await fleet.stop();
  }
});

test('a backend whose return is planned is ready the moment its outage ends', async () => {
  const fleet = await startFleet({ backends: [spec('a')] });
  const kill = { index: 0, fault: { kind: 'kill' } } as const;
  try {
    const { pid } = await fleet.status('a');
    await fleet.beginFault('a', kill, true);
    expect((await ask(fleet.urls[0]!)).end).toBe('refused');
    await fleet.endFault('a', kill);
    expect(statusOf(await ask(fleet.urls[0]!))).toBe(200);
    expect((await fleet.status('a')).pid).not.toBe(pid);
    // The successor that waits now is never called for, and not left behind.
    await fleet.beginFault('a', kill, true);
    expect((await fleet.status('a')).state).toBe('dead');
    expect(backendProcesses()).toBe(1);
  } finally {
    await fleet.stop();
  }
  expect(backendProcesses()).toBe(0);
});

/** Backend processes that this one has started. */
function backendProcesses(): number {
  const { stdout } = spawnSync('ps', ['-axo', 'ppid=,stat=,args='], { encoding: 'utf8' });
  const own = new RegExp(`^ *${process.pid} +[^Z]\\S* .*backend/process\\.ts`);
  return stdout.split('\n').filter((line) => own.test(line)).length;
}
