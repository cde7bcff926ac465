/** The parent's handle on the null backends: see null-backend.ts. */

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { NullBackendsReady } from './null-backend.ts';

const PROCESS = fileURLToPath(new URL('./null-backend.ts', import.meta.url));

/** Backends that cost next to nothing: what is measured in front of them is the balancer. */
export interface NullBackends extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` of each, in the order of the ids. */
  readonly urls: readonly string[];
}

/** Resolves once all of them listen. */
export async function startNullBackends(ids: readonly string[]): Promise<NullBackends> {
  const child = fork(PROCESS);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const { ports } = await new Promise<NullBackendsReady>((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', () => reject(new Error('the null backends ended before they listened')));
    child.send(ids);
  });
  return {
    urls: ports.map((port) => `http://127.0.0.1:${port}`),
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
