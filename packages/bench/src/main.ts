/** Entry point of `pnpm bench` and `pnpm chaos`. */

import { runCli } from './cli/program.ts';

// The first interrupt ends what is running and keeps what was measured; the second ends at once.
// Ending by `exit` lets temporary folders be removed; child processes end with their parent.
const interrupt = new AbortController();
process.on('SIGINT', () => {
  if (interrupt.signal.aborted) process.exit(130);
  interrupt.abort();
});
process.once('SIGTERM', () => process.exit(143));
process.exit(await runCli(process.argv.slice(2), interrupt.signal));
