/** The probe that a configuration asks for. */

import type { ResolvedPolicies } from '@evenkeel/config';
import type { Probe } from '@evenkeel/core';
import { httpProbe } from './http.ts';
import { memberAddress } from './target.ts';
import { tcpProbe } from './tcp.ts';

/** @returns undefined where active checks are off */
export function probeFor(health: ResolvedPolicies['health']): Probe | undefined {
  if (health.type === 'off') return undefined;
  return health.type === 'tcp' ? tcpProbe(memberAddress, health) : httpProbe(memberAddress, health);
}
