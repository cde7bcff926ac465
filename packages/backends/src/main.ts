/** Entry point of `pnpm fleet`. */

import { startFromArguments } from './cli.ts';

const voice = {
  out: (line: string) => console.log(line),
  error: (line: string) => console.error(line),
};
const started = await startFromArguments(process.argv.slice(2), voice);

if (typeof started === 'number') process.exit(started);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, async () => {
    await started.stop();
    process.exit(0);
  });
}
