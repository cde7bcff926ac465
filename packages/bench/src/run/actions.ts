/** Carries out what a scenario's operator does: drains and returns, by the subject's admin API. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { ResolvedAction } from '@evenkeel/sim';

/** Carries out `actions` from now on; when `signal` aborts, gives back what is still taken out. */
export async function applyActions(
  adminUrl: string,
  actions: readonly ResolvedAction[],
  signal: AbortSignal,
): Promise<void> {
  const startedMs = performance.now();
  const drained = new Set<string>();
  try {
    for (const { target, atMs, state } of actions) {
      await sleep(Math.max(0, atMs - (performance.now() - startedMs)), undefined, { signal });
      await setState(adminUrl, target, state);
      if (state === 'drain') drained.add(target);
      else drained.delete(target);
    }
    if (drained.size > 0) await aborted(signal);
  } finally {
    for (const id of drained) await setState(adminUrl, id, 'ready');
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
}

async function setState(adminUrl: string, id: string, state: string): Promise<void> {
  const response = await fetch(new URL(`/backends/${encodeURIComponent(id)}`, adminUrl), {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ state }),
  });
  if (!response.ok) throw new Error(`${state} of ${id}: the admin API answered ${response.status}`);
  await response.body?.cancel();
}
