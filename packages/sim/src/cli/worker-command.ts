/** `pnpm sim worker`: one of the machines of a sweep. */

import type { Command } from 'commander';
import { queueAddress } from '../queue/address.ts';
import { startWorker } from '../queue/worker.ts';
import * as flags from './flags.ts';
import { displayFor } from './output.ts';

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
      await stopped();
      display.line('finishing what was begun');
      await worker.close();
    });
}

/** Resolves at the first signal; a second one ends the process at once, and its tasks are taken again. */
function stopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        resolve();
      });
    }
  });
}
