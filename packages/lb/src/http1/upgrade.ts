/**
 * Protocol switches (RFC 9110 section 7.8): what a client may ask for, and what a backend may answer. A
 * tunnel carries bytes that are not looked at, so only protocols that the configuration names are passed
 * on, and only from lists that every reader reads alike.
 */

import { type Framing, LENGTH, NO_BODY } from './framing.ts';

const TOKEN = "[!#$%&'*+.^_`|~\\w-]+";
const PROTOCOL = `${TOKEN}(?:/${TOKEN})?`;
const PROTOCOLS = new RegExp(`^${PROTOCOL}(?:[ \\t]*,[ \\t]*${PROTOCOL})*$`);

const WEBSOCKET = 'websocket';

/** The members of a well-formed list of protocols; empty for any other. */
function protocolsIn(list: string): readonly string[] {
  return PROTOCOLS.test(list) ? list.split(',').map((name) => name.trim()) : [];
}

/**
 * The protocols of a request's Upgrade that are passed on, as a list. A request with a body switches
 * to nothing if where its body ends is known only chunk by chunk, and never to websocket, whose
 * handshake has none (RFC 6455 section 4.1).
 * @param list the Upgrade fields of the request as one
 * @param permitted names in lower case
 */
export function permittedUpgrades(
  list: string,
  permitted: readonly string[],
  framing: Framing,
): string {
  const hasBody = framing.kind !== NO_BODY && framing.length !== 0;
  if (hasBody && framing.kind !== LENGTH) return '';
  const passed = protocolsIn(list).filter((protocol) => {
    const name = protocol.toLowerCase();
    return permitted.includes(name) && !(hasBody && name === WEBSOCKET);
  });
  return passed.join(', ');
}

/** Whether the Upgrade of a 101 names nothing but what was offered. */
export function isOffered(answer: string, offered: string): boolean {
  const names = protocolsIn(offered.toLowerCase());
  const chosen = protocolsIn(answer.toLowerCase());
  return chosen.length > 0 && chosen.every((protocol) => names.includes(protocol));
}
