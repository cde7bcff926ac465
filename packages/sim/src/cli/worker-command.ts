/** `pnpm sim worker`: one of the machines of a sweep. */

import { once } from 'node:events';
import type { Command } from 'commander';
import { queueAddress } from '../queue/address.ts';
import { startWorker } from '../queue/worker.ts';
import * as flags from './flags.ts';
import { displayFor } from './output.ts';
import { stopSignal } from './stop-signal.ts';

/** `pnpm sim worker`. */
export function addWorkerCommand(program: Command): void {
  program
    .command('worker')
    .description('Does the tasks of sweeps that are started with --queue, until it is stopped.')
    .requiredOption('--queue <url>', 'redis://HOST:PORT[/NAME]', queueAddress)
    .option('--jobs <n>', 'threads', flags.integer(1, 1024), flags.defaultJobs())
    .addHelpText(
      'after',
      '\nExample:\n  pnpm sim worker --queue redis://queue.internal:6379 --jobs 8',
    )
    .action(async ({ queue, jobs }: { queue: ReturnType<typeof queueAddress>; jobs: number }) => {
      const display = displayFor(undefined);
      const worker = await startWorker(queue, jobs, {
        finished: (task, strategy) => display.line(`task ${task} done (${strategy})`),
        connection: (isThere) =>
          display.line(
            isThere ? 'connected again' : `${queue.shown} does not answer; waiting for it`,
          ),
      });
      display.line(`worker ready: ${jobs} tasks at a time from ${queue.name} at ${queue.shown}`);
      const signal = stopSignal();
      if (!signal.aborted) await once(signal, 'abort');
      display.line('finishing what was begun');
      if (await worker.close()) return;
      display.line(
        `${queue.shown} does not answer: what was begun is taken again by another worker`,
      );
      process.exit(0);
    });
}
