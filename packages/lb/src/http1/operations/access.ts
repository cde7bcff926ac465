/** Which clients may send requests at all, by the address that they are believed to have. */

import { trusts } from '../../listener/peer-address.ts';
import { blockList } from '../../networks.ts';
import { ADDRESS_DENIED } from '../refusals.ts';
import type { Check } from './operation.ts';

/** Networks that may and may not; without `allow` all may that are not denied. */
export interface Access {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}

export function accessCheck({ allow, deny = [] }: Access): Check {
  const denied = blockList(deny);
  const allowed = allow && blockList(allow);
  return ({ clientAddress }) => {
    if (trusts(denied, clientAddress)) return ADDRESS_DENIED;
    return allowed === undefined || trusts(allowed, clientAddress) ? undefined : ADDRESS_DENIED;
  };
}
