/** Entry point of `pnpm bench` and `pnpm chaos`. */

import { runCli } from './cli.ts';

// Ending by `exit` lets temporary folders be removed; child processes end with their parent.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
process.exit(await runCli(process.argv.slice(2)));
