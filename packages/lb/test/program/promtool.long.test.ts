/** promtool, where it is installed, finds nothing wrong with the metrics of a running balancer and with the alert rules. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PARENT_LENGTH } from '../../src/observer.ts';
import type { Tracing } from '../../src/tracing/start.ts';
import { configFor, startBalancer } from './balancer.ts';
import { freePort, startBackend } from './support.ts';

const FOLDER = join(import.meta.dirname, '../../../../examples/grafana');

const TRACE = 'a'.repeat(32);

/** Keeps one trace, and sends it nowhere. */
const tracing: Tracing = {
  begin: () => ({
    ...{ traceId: TRACE, isSampled: true, tracestate: '' },
    attempt: () => ({ parent: '0'.repeat(PARENT_LENGTH), end: () => {} }),
    end: () => {},
  }),
  close: () => Promise.resolve(),
};

const isMissing = spawnSync('promtool', ['--version']).error !== undefined;
/** Named in the report of a skipped test. */
const NEEDS = isMissing ? ' (skipped: promtool is missing: apt-get install prometheus)' : '';

function promtool(args: readonly string[], input = ''): { status: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, {
    cwd: FOLDER,
    input,
    encoding: 'utf8',
  });
  return { status, text: stdout + stderr };
}

test.skipIf(isMissing)(`the metrics pass promtool's lint${NEEDS}`, async () => {
  const a = await startBackend('a');
  const dead = { url: `http://127.0.0.1:${await freePort()}`, id: 'dead' };
  const backends = [{ url: a.url, id: 'a' }, dead];
  const { balancer, adminUrl, get } = await startBalancer(
    configFor([], { backends, health: 'off' }),
    { tracing },
  );
  for (let i = 0; i < 10; i++) await get();
  await get('/', { method: 'POST', body: 'x' });
  const metrics = await (await fetch(`${adminUrl}/metrics`)).text();
  expect(promtool(['check', 'metrics'], metrics)).toEqual({ status: 0, text: '' });
  const accept = 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5';
  const answer = await fetch(`${adminUrl}/metrics`, { headers: { accept } });
  expect(answer.headers.get('content-type')).toMatch(/^application\/openmetrics-text; version=1\./);
  const open = await answer.text();
  const exemplar = new RegExp(` # \\{trace_id="${TRACE}"\\} [\\d.e-]+ \\d+\\.?\\d*$`, 'gm');
  expect(open.match(exemplar)?.length).toBeGreaterThanOrEqual(2);
  // Its linter reads Prometheus text alone; its importer reads this, and wants a time for each sample.
  const timed = open.replace(/^((?!#)\S+(?:\{.*?\})? \S+)/gm, '$1 1700000000');
  const blocks = mkdtempSync(join(tmpdir(), 'evenkeel-om-'));
  writeFileSync(join(blocks, 'open.txt'), timed);
  const imported = ['tsdb', 'create-blocks-from', 'openmetrics', join(blocks, 'open.txt'), blocks];
  expect(promtool(imported)).toMatchObject({ status: 0 });
  rmSync(blocks, { recursive: true });
  await balancer.destroy();
  await a.stop();
});

test.skipIf(isMissing)(`the rules are valid, and fire when they should${NEEDS}`, () => {
  expect(promtool(['check', 'rules', 'rules.yaml'])).toMatchObject({ status: 0 });
  expect(promtool(['test', 'rules', 'rules.test.yaml'])).toMatchObject({ status: 0 });
});
