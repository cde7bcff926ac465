/** Where a probe finds an endpoint. */

import { type Address, addressFrom } from '@evenkeel/config';
import type { Endpoint, Member } from '@evenkeel/core';

/** Looks up the address to dial. */
export type AddressOf = (endpoint: Endpoint) => Address;

/** The address that the pool keeps for the endpoint; probes are rare enough to read it anew. */
export const memberAddress: AddressOf = (endpoint) => {
  const { address } = endpoint as Member;
  return addressFrom(address);
};

/** Where to check: at the port that the configuration gives, if it does; Unix sockets have none. */
export function targetOf(address: Address, port: number | undefined): Address {
  return port === undefined || address.unix !== undefined ? address : { ...address, port };
}
