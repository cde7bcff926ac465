import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TICK_MS, Timer, TimerWheel } from './wheel.ts';

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

test('never fires early, whatever the delay', async () => {
  const wheel = new TimerWheel();
  const early: number[] = [];
  const delays = [0, 1, 9, 10, 11, 25, 50, 99, 130];
  let left = delays.length;
  await new Promise<void>((done) => {
    for (const delay of delays) {
      const start = wheel.now();
      wheel.after(delay, () => {
        if (wheel.now() - start < delay) early.push(delay);
        if (--left === 0) done();
      });
    }
  });
  expect(early).toEqual([]);
  expect(wheel.armed).toBe(0);
});

test('a cancelled timer does not fire, and cancelling the unknown is harmless', async () => {
  const wheel = new TimerWheel();
  let fired = false;
  const id = wheel.after(5, () => {
    fired = true;
  });
  wheel.cancel(id);
  wheel.cancel(id);
  wheel.cancel(12345);
  await wait(5 * TICK_MS);
  expect(fired).toBe(false);
  expect(wheel.armed).toBe(0);
});

test('re-arming replaces the due time, earlier or later', async () => {
  const wheel = new TimerWheel();
  const order: string[] = [];
  const sooner = new Timer(() => order.push('sooner'));
  const later = new Timer(() => order.push('later'));
  wheel.arm(sooner, 60_000);
  wheel.arm(later, 0);
  wheel.arm(later, 200);
  wheel.arm(sooner, 20);
  await wait(400);
  expect(order).toEqual(['sooner', 'later']);
});

test('a timer longer than the wheel stays armed while its slot is passed', async () => {
  const wheel = new TimerWheel();
  let fired = 0;
  const far = new Timer(() => fired++);
  // 512 ticks on, plus one: its slot is visited in 10 ms, 5.12 s before it is due.
  wheel.arm(far, 513 * TICK_MS);
  wheel.after(3 * TICK_MS, () => {});
  await wait(100);
  expect(fired).toBe(0);
  expect(far.armed).toBe(true);
  wheel.disarm(far);
  expect(wheel.armed).toBe(0);
});

test('firing may arm and disarm timers of the same slot', async () => {
  const wheel = new TimerWheel();
  const fired: string[] = [];
  const victim = new Timer(() => fired.push('victim'));
  const again = new Timer(() => fired.push('again'));
  const first = new Timer(() => {
    fired.push('first');
    wheel.disarm(victim);
    wheel.arm(again, 0);
  });
  wheel.arm(first, 5);
  wheel.arm(victim, 5);
  await wait(200);
  expect(fired).toEqual(['first', 'again']);
});

test('a wheel whose timers have fired or were disarmed lets the process end', () => {
  const program = `
    const { Timer, TimerWheel } = await import(process.argv[1]);
    const wheel = new TimerWheel();
    const disarmed = new Timer(() => {});
    wheel.arm(disarmed, 3_600_000);
    wheel.after(1, () => wheel.disarm(disarmed));
  `;
  const wheel = join(import.meta.dirname, 'wheel.ts');
  const { status, signal } = spawnSync(
    process.execPath,
    [...['--input-type=module', '--eval', program, wheel]],
    { timeout: 60_000 },
  );
  expect({ status, signal }).toEqual({ status: 0, signal: null });
});

test('while it is held time stands still, and a timer armed meanwhile counts from there', async () => {
  const wheel = new TimerWheel();
  wheel.hold();
  const heldMs = wheel.now();
  for (const begin = performance.now(); performance.now() < begin + 5; );
  expect(wheel.now()).toBe(heldMs);
  const firedMs = new Promise<number>((resolve) => wheel.after(30, () => resolve(wheel.now())));
  wheel.release();
  expect(wheel.now()).toBeGreaterThanOrEqual(heldMs + 5);
  expect(await firedMs).toBeGreaterThanOrEqual(heldMs + 30);
});
