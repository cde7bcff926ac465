/** The probe that a configuration asks for. */

import { isDeepStrictEqual } from 'node:util';
import type { Probe } from '@evenkeel/core';
import type { ServiceConfig } from '../config/types.ts';
import { localHeader } from '../upstream/proxy-header.ts';
import { httpProbe } from './http.ts';
import { memberAddress } from './target.ts';
import { tcpProbe } from './tcp.ts';

/** What a probe is made of. */
type Probed = Pick<ServiceConfig, 'health' | 'sendProxyProtocol'>;

/** Whether both ask for the same probe. */
export function isSameProbe(a: Probed, b: Probed): boolean {
  return a.sendProxyProtocol === b.sendProxyProtocol && isDeepStrictEqual(a.health, b.health);
}

/**
 * @param sendProxyProtocol backends want each connection to begin with such a header
 * @returns undefined where active checks are off
 */
export function probeFor({ health, sendProxyProtocol }: Probed): Probe | undefined {
  if (health.type === 'off') return undefined;
  const greeting = sendProxyProtocol && localHeader(sendProxyProtocol);
  return health.type === 'tcp'
    ? tcpProbe(memberAddress, health, greeting)
    : httpProbe(memberAddress, health, greeting);
}
