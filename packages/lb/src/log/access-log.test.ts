/** The access log: what a line says, and what is told of lines that were dropped. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@evenkeel/core/testing';
import { afterAll, expect, test } from 'vitest';
import type { RequestObservation, RequestRecord } from '../observer.ts';
import { AccessLog } from './access-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'evenkeel-access-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MINUTE_MS = 60_000;
const OBSERVED = { status: 200, durationMs: 1.23456, firstByteMs: 1 } as RequestObservation;
const requestFor = (target: string): RequestRecord => ({ method: 'GET', target }) as RequestRecord;

test('a line holds no control character, whatever was asked for', async () => {
  const path = join(folder, 'controls.log');
  const log = new AccessLog({ path, clock: new ManualClock() });
  const target = '/\u007f\u009b31m\u0085é';
  log.requestEnded(requestFor(target), OBSERVED);
  await log.close(MINUTE_MS);
  const text = readFileSync(path, 'utf8');
  expect(text.trimEnd()).not.toMatch(/\p{Cc}/u);
  expect(JSON.parse(text)).toMatchObject({ target, status: 200, ms: 1.235 });
});

test('dropped lines are counted and told once a minute, and only if there were any', async () => {
  const path = join(folder, 'stuck');
  expect(spawnSync('mkfifo', [path]).status).toBe(0);
  const reader = await open(path, 'r+');
  const clock = new ManualClock();
  const said: string[] = [];
  const log = new AccessLog({ path, clock, log: { warn: (message) => said.push(message) } });
  clock.advance(MINUTE_MS);
  expect(said).toEqual([]);
  const drop = (): void => {
    for (let i = 0; i < 2_000; i++) log.requestEnded(requestFor('x'.repeat(8_000)), OBSERVED);
  };
  drop();
  const first = log.dropped;
  expect(first).toBeGreaterThan(500);
  clock.advance(MINUTE_MS - 1);
  expect(said).toEqual([]);
  clock.advance(1);
  clock.advance(3 * MINUTE_MS);
  drop();
  clock.advance(MINUTE_MS);
  expect(said).toHaveLength(2);
  expect(said[0]).toContain(`${first} lines were dropped, ${first} since the start`);
  expect(said[1]).toContain(`${log.dropped - first} lines were dropped, ${log.dropped} since`);
  await log.close(1);
  expect(clock.pending).toBe(0);
  await reader.close();
});
