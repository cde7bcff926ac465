/** The usual arrangement: one raw backend and a front before it, anew in each test that asks for them. */

import type { EndpointSpec } from '@evenkeel/core';
import { afterEach } from 'vitest';
import { type Behaviour, type RawBackend, startRawBackend } from './raw-backend.ts';
import { type Stand, type StandOptions, startStand } from './stand.ts';

export let backend: RawBackend;
export let stand: Stand;

/** Starts both, with the backend's id `b0`; they stop when the test has ended. */
export async function startOne(
  behave: Behaviour,
  options: StandOptions = {},
  endpoint: Partial<EndpointSpec> = {},
): Promise<void> {
  backend = await startRawBackend(behave);
  stand = await startStand([{ id: 'b0', address: backend.address, ...endpoint }], options);
}

afterEach(async () => {
  await stand.stop();
  await backend.stop();
});
