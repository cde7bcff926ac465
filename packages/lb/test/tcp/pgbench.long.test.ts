/** PostgreSQL behind the balancer, driven by its own benchmark through reloads. */

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingPostgres, type Postgres, pgbench, startPostgres } from './postgres.ts';
import { startConfigured } from './stand.ts';

const why = missingPostgres === undefined ? '' : ` (skipped: ${missingPostgres})`;

describe.skipIf(missingPostgres !== undefined)(`pgbench through the balancer${why}`, () => {
  let postgres: Postgres;

  beforeAll(async () => {
    postgres = await startPostgres();
  });

  afterAll(() => postgres.stop());

  test.each([
    ['on lasting connections', 3000, []],
    ['on a connection for each transaction', 300, ['--connect']],
  ])('no transaction fails %s while the configuration is reloaded', async (_, count, flags) => {
    const [tcp, unix] = postgres.urls;
    const balancing = await startConfigured({
      mode: 'tcp',
      listen: { port: 0 },
      backends: [tcp, unix],
    });
    const { port, file, balancer } = balancing;
    expect(await pgbench(port, ['--initialize', '--quiet'])).toMatchObject({ code: 0 });
    const clients = 8;
    const load = ['--client', String(clients), '--transactions', String(count), ...flags];
    const run = pgbench(port, ['--no-vacuum', ...load]);
    let isOver = false;
    void run.then(() => {
      isOver = true;
    });
    let reloads = 0;
    for (; !isOver; reloads++) {
      balancer.reload({ ...file, backends: reloads % 2 === 0 ? [unix] : [tcp, unix] });
      await sleep(50);
    }
    const { code, output } = await run;
    expect(output).toContain(`processed: ${clients * count}/${clients * count}`);
    expect(output).toMatch(/^number of failed transactions: 0 /m);
    expect(code).toBe(0);
    expect(reloads).toBeGreaterThan(5);
    const connections = flags.length === 0 ? clients : clients * count;
    const ends = (await balancing.logged(connections)).map(({ end }) => end);
    expect(new Set(ends)).toEqual(new Set(['complete']));
  });
});
