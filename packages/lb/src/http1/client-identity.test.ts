/** Addresses as proxies write them, and which of them is the client. */

import { BlockList } from 'node:net';
import { expect, test } from 'vitest';
import { networkOf } from '../listener/peer-address.ts';
import { clientBehind, forwardedChain, parseAddress } from './client-identity.ts';

const FORMS: readonly [string, string | undefined][] = [
  ['1.2.3.4', '1.2.3.4'],
  ['1.2.3.4:5678', '1.2.3.4'],
  ['"1.2.3.4:5678"', '1.2.3.4'],
  ['2001:DB8::1', '2001:db8::1'],
  ['2001:db8:0:0:0:0:0:1', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['"[2001:db8::1]:443"', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['::ffff:1.2.3.4', '1.2.3.4'],
  ['::FFFF:1.2.3.4', '1.2.3.4'],
  ['::ffff:102:304', '1.2.3.4'],
  ['[::ffff:1.2.3.4]:80', '1.2.3.4'],
  ['0:0:0:0:0:ffff:0102:0304', '1.2.3.4'],
  ['0:0:0:0:0:ffff:1.2.3.4', '1.2.3.4'],
  ['unknown', undefined],
  ['_hidden', undefined],
  ['1.2.3.4.5', undefined],
  ['01.2.3.4', undefined],
  ['1.2.3.4:http', undefined],
  ['[1.2.3.4]', undefined],
  ['example.org', undefined],
  ['::1]', undefined],
  ['', undefined],
];

for (const [text, expected] of FORMS) {
  test(`${JSON.stringify(text)} is ${expected ?? 'no address'}`, () => {
    expect(parseAddress(text)).toBe(expected);
  });
}

const proxies = new BlockList();
proxies.addSubnet('10.0.0.0', 8);
proxies.addAddress('2001:db8::9', 'ipv6');

const CHAINS: readonly [string, string, string][] = [
  ['the last that is no proxy of ours', '6.6.6.6, 1.2.3.4, 10.0.0.2', '1.2.3.4'],
  ['with a port', '1.2.3.4:99, 10.0.0.2:80', '1.2.3.4'],
  ['a proxy in IPv6 form', '1.2.3.4, ::ffff:10.0.0.2', '1.2.3.4'],
  ['a proxy in another spelling', '1.2.3.4, [2001:DB8:0::9]:1', '1.2.3.4'],
  ['an obfuscated name: the peer', '1.2.3.4, _proxy, 10.0.0.2', '10.0.0.1'],
  ['nothing', '', '10.0.0.1'],
  ['an empty element', '1.2.3.4,, 10.0.0.2', '1.2.3.4'],
];

for (const [what, chain, client] of CHAINS) {
  test(`the client behind a trusted peer: ${what}`, () => {
    const trust = { trustedProxies: proxies, trustsUnix: false };
    expect(clientBehind(chain.split(','), '10.0.0.1', trust)).toBe(client);
  });
}

test('an untrusted peer is the client, whatever it says', () => {
  expect(clientBehind(['1.2.3.4'], '9.9.9.9', { trustedProxies: proxies, trustsUnix: false })).toBe(
    '9.9.9.9',
  );
});

test('the chain of a Forwarded field, quoted separators included', () => {
  const field =
    'for="[2001:db8::1]:4711";proto=https, by=10.0.0.1;For=1.2.3.4;host="a,b;c", proto=http';
  expect(forwardedChain(field)).toEqual(['"[2001:db8::1]:4711"', '1.2.3.4', 'unknown']);
});

test('one client is an IPv4 address, or the /64 of an IPv6 address', () => {
  expect(networkOf('1.2.3.4')).toBe('1.2.3.4');
  expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::');
  expect(networkOf('2001:db8:1:2::')).toBe('2001:db8:1:2::');
  expect(networkOf('2001:db8::1')).toBe('2001:db8:0:0::');
  expect(networkOf('::1')).toBe('0:0:0:0::');
});
