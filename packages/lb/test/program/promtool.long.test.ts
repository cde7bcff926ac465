/** promtool, where it is installed, finds nothing wrong with the metrics of a running balancer and with the alert rules. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configFor, startBalancer } from './balancer.ts';
import { freePort, startBackend } from './support.ts';

const FOLDER = join(import.meta.dirname, '../../../../examples/grafana');

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
  );
  for (let i = 0; i < 10; i++) await get();
  await get('/', { method: 'POST', body: 'x' });
  const metrics = await (await fetch(`${adminUrl}/metrics`)).text();
  expect(promtool(['check', 'metrics'], metrics)).toEqual({ status: 0, text: '' });
  await balancer.destroy();
  await a.stop();
});

test.skipIf(isMissing)(`the rules are valid, and fire when they should${NEEDS}`, () => {
  expect(promtool(['check', 'rules', 'rules.yaml'])).toMatchObject({ status: 0 });
  expect(promtool(['test', 'rules', 'rules.test.yaml'])).toMatchObject({ status: 0 });
});
