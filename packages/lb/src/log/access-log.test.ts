/** The access log: what a line says, and what is told of lines that were dropped. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@evenkeel/core';
import { ManualClock } from '@evenkeel/core/testing';
import { afterAll, expect, test } from 'vitest';
import type { RequestObservation, RequestRecord } from '../observer.ts';
import { AccessLog } from './access-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'evenkeel-access-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MINUTE_MS = 60_000;
const OBSERVED = {
  ...{ status: 200, reason: '', durationMs: 1.23456, firstByteMs: 1, queueMs: 0 },
  ...{ backend: '', attempts: 0, tries: [], responseBodyBytes: 2 },
  ...{ responseBytes: 9, requestBodyBytes: 0, afterEvent: 0 },
} as unknown as RequestObservation;
const requestFor = (target: string): RequestRecord =>
  ({
    ...{ method: 'GET', target, version: '1.1', clientAddress: '10.0.0.1' },
    observedFields: ['curl "x"', ''],
  }) as unknown as RequestRecord;

const COMMON = { format: 'json', sample: 1, random: seededRandom(1) };

/** What a log of this format has of these requests. */
async function linesOf(
  name: string,
  options: { format?: string; sample?: number },
  requests: readonly (readonly [RequestRecord, RequestObservation])[],
): Promise<string[]> {
  const file = join(folder, name);
  const log = new AccessLog({ ...COMMON, ...options, file, clock: new ManualClock() });
  for (const [request, observed] of requests) log.requestEnded(request, observed);
  await log.close(MINUTE_MS);
  return readFileSync(file, 'utf8').trimEnd().split('\n');
}

test('combined: quotes and control characters of a client end nothing', async () => {
  const request = requestFor('/"\\\u007f\xe9');
  const [line] = await linesOf('combined.log', { format: 'combined' }, [[request, OBSERVED]]);
  expect(line).toMatch(
    /^10\.0\.0\.1 - - \[\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000\] "GET \/\\x22\\x5C\\x7F\\xE9 HTTP\/1\.1" 200 2 "-" "curl \\x22x\\x22"$/,
  );
});

test('a template: text as it is, variables escaped, - where there is nothing', async () => {
  const format = '{client} "{method} {target}" {status} [{backend}] {tries} {ms}';
  const tries = [
    { backend: 'a', outcome: 'connect-refused', durationMs: 1, connectMs: -1, firstByteMs: -1 },
    { backend: 'b', outcome: 'ok', durationMs: 2, connectMs: 1, firstByteMs: 2, status: 200 },
    { backend: 'an earlier request', outcome: 'ok', durationMs: 2 },
  ];
  const observed = { ...OBSERVED, attempts: 2, tries } as RequestObservation;
  expect(await linesOf('template.log', { format }, [[requestFor('/\n'), observed]])).toEqual([
    '10.0.0.1 "GET /\\x0A" 200 [-] a:connect-refused:1,b:ok:2 1.235',
  ]);
});

test('a sample has about its share of what went well, and all that failed', async () => {
  const failed = { ...OBSERVED, status: 404, reason: 'no-route' } as RequestObservation;
  const error = { ...OBSERVED, status: 500 } as RequestObservation;
  const requests = Array.from({ length: 1000 }, () => [requestFor('/'), OBSERVED] as const);
  const all = [...requests, [requestFor('/f'), failed], [requestFor('/e'), error]] as const;
  const lines = await linesOf('sample.log', { sample: 0.1 }, all);
  expect(lines.slice(-2).map((line) => JSON.parse(line).status)).toEqual([404, 500]);
  expect(lines.length).toBeGreaterThan(52);
  expect(lines.length).toBeLessThan(152);
  expect(await linesOf('none.log', { sample: 0 }, all)).toHaveLength(2);
});

test('a line holds no control character, whatever was asked for', async () => {
  const path = join(folder, 'controls.log');
  const log = new AccessLog({ ...COMMON, file: path, clock: new ManualClock() });
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
  const log = new AccessLog({
    ...COMMON,
    file: path,
    clock,
    log: { warn: (message) => said.push(message) },
  });
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
