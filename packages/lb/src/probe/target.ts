/** Where a probe finds an endpoint. */

import { type Address, parseBackendUrl } from '@evenkeel/config';
import type { Endpoint, Member } from '@evenkeel/core';

/** Looks up the address to dial. */
export type AddressOf = (endpoint: Endpoint) => Address;

/** The address that the pool keeps for the endpoint; probes are rare enough to read it anew. */
export const memberAddress: AddressOf = (endpoint) => {
  const { address } = endpoint as Member;
  const parsed = parseBackendUrl(`http://${address}`);
  if ('port' in parsed) return parsed;
  throw new Error(`not an address: ${address}`);
};
