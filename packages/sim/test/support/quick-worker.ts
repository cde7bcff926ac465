/** A worker whose hold on a task ends soon after its death: `quick-worker.ts redis://HOST:PORT/NAME`. */

import { queueAddress } from '../../src/queue/address.ts';
import { startWorker } from '../../src/queue/worker.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const listener = { finished: (task: number) => say(`task ${task} done`), connection: () => {} };
await startWorker(queueAddress(process.argv[2] ?? ''), 1, listener, {
  holdMs: 1_500,
  lookForLostMs: 500,
});
say('worker ready');
