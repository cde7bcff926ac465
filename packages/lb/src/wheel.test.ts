/** The wheel on virtual time; and, in a process of its own, that an idle wheel lets Node end. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ManualClock } from '@evenkeel/core/testing';
import { fc, test as property } from '@fast-check/vitest';
import { beforeEach, expect, test } from 'vitest';
import { TICK_MS, Timer, TimerWheel } from './wheel.ts';

/** Ticks after which a slot is used again. */
const SLOTS = 512;

let clock: ManualClock;
let wheel: TimerWheel;

beforeEach(() => {
  clock = new ManualClock();
  wheel = new TimerWheel(clock);
});

property.prop([
  fc.array(fc.tuple(fc.nat(3 * SLOTS * TICK_MS), fc.nat(3 * SLOTS * TICK_MS)), { maxLength: 30 }),
])('each timer fires once, never early and at most a tick late', (plans) => {
  const time = new ManualClock();
  const timers = new TimerWheel(time);
  const lateness: number[] = [];
  for (const [startMs, delayMs] of plans) {
    time.after(startMs, () => {
      const dueMs = timers.now() + delayMs;
      timers.after(delayMs, () => lateness.push(timers.now() - dueMs));
    });
  }
  time.advance(7 * SLOTS * TICK_MS);
  expect(lateness).toHaveLength(plans.length);
  for (const lateMs of lateness) {
    expect(lateMs).toBeGreaterThanOrEqual(0);
    expect(lateMs).toBeLessThanOrEqual(TICK_MS);
  }
  expect(timers.armed).toBe(0);
});

test('a process that was stopped for longer than a turn of the wheel misses no timer', () => {
  let nowMs = 0;
  let wake = (): void => {};
  const stopped = new TimerWheel({
    now: () => nowMs,
    after(_delayMs, fire) {
      wake = fire;
      return 1;
    },
    cancel: () => {},
  });
  const fired: number[] = [];
  const delays = [5, 700, SLOTS * TICK_MS - 1, SLOTS * TICK_MS, 2 * SLOTS * TICK_MS, 60_000];
  for (const delay of delays) stopped.after(delay, () => fired.push(delay));
  nowMs = 3 * SLOTS * TICK_MS;
  wake();
  expect(fired.toSorted((x, y) => x - y)).toEqual(delays.slice(0, -1));
  expect(stopped.armed).toBe(1);
});

test('a cancelled timer does not fire, and cancelling an unknown one is harmless', () => {
  let fired = false;
  const id = wheel.after(5, () => {
    fired = true;
  });
  wheel.cancel(id);
  wheel.cancel(id);
  wheel.cancel(12345);
  clock.advance(5 * TICK_MS);
  expect(fired).toBe(false);
  expect(wheel.armed).toBe(0);
});

test('re-arming replaces the due time, earlier or later', () => {
  const order: string[] = [];
  const sooner = new Timer(() => order.push('sooner'));
  const later = new Timer(() => order.push('later'));
  wheel.arm(sooner, 60_000);
  wheel.arm(later, 0);
  wheel.arm(later, 200);
  wheel.arm(sooner, 20);
  clock.advance(20 + TICK_MS);
  expect(order).toEqual(['sooner']);
  clock.advance(180);
  expect(order).toEqual(['sooner', 'later']);
});

test('a timer longer than the wheel stays armed while its slot is passed', () => {
  let fired = 0;
  const far = new Timer(() => fired++);
  wheel.arm(far, (SLOTS + 1) * TICK_MS);
  wheel.after(3 * TICK_MS, () => {});
  clock.advance(SLOTS * TICK_MS);
  expect(fired).toBe(0);
  expect(far.armed).toBe(true);
  wheel.disarm(far);
  expect(wheel.armed).toBe(0);
});

test('firing may arm and disarm timers of the same slot', () => {
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
  clock.advance(3 * TICK_MS);
  expect(fired).toEqual(['first', 'again']);
});

test('one timer of the clock is enough, and none when nothing is armed', () => {
  for (let i = 0; i < 100; i++) wheel.after(i * 7, () => {});
  expect(clock.pending).toBe(1);
  clock.advance(1_000);
  expect([wheel.armed, clock.pending]).toEqual([0, 0]);
});

test('while it is held time stands still, and a timer armed meanwhile counts from there', () => {
  clock.advance(95);
  wheel.hold();
  clock.advance(7);
  expect(wheel.now()).toBe(95);
  let firedMs = 0;
  wheel.after(30, () => {
    firedMs = wheel.now();
  });
  wheel.release();
  expect(wheel.now()).toBe(102);
  clock.advance(100);
  expect(firedMs).toBe(130);
});

test('a wheel whose timers have fired or were disarmed lets the process end', () => {
  const program = `
    const { Timer, TimerWheel } = await import(process.argv[1]);
    const wheel = new TimerWheel();
    const disarmed = new Timer(() => {});
    wheel.arm(disarmed, 3_600_000);
    wheel.after(1, () => wheel.disarm(disarmed));
  `;
  const { status, signal } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', program, join(import.meta.dirname, 'wheel.ts')],
    { timeout: 60_000 },
  );
  expect({ status, signal }).toEqual({ status: 0, signal: null });
});
