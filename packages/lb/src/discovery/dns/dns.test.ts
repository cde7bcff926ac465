/** The resolver against a DNS server that answers well, badly, or with malice. */

import type { Clock } from '@evenkeel/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type Asked,
  a,
  aaaa,
  DnsServer,
  encodeReply,
  srv,
} from '../../../test/support/dns-server.ts';
import '../../../test/support/steady-clock.ts';
import { systemClock } from '../../system-clock.ts';
import type { DiscoveryError } from '../finder.ts';
import { addressFinder, serviceFinder } from './finders.ts';
import { Resolver } from './resolver.ts';

let server: DnsServer;
let resolver: Resolver;
let resolvConf: string;
let hosts: string;
/** How many times faster time passes. */
let speed: number;
const clock: Clock = {
  ...systemClock,
  after: (delayMs, fire) => systemClock.after(delayMs / speed, fire),
};

beforeEach(async () => {
  server = await DnsServer.start();
  resolvConf = 'options attempts:1 timeout:1';
  hosts = '';
  speed = 1;
  let id = 0;
  resolver = new Resolver({
    clock,
    server: server.address,
    resolvConf: () => resolvConf,
    hosts: () => hosts,
    newId: () => ++id,
  });
});

afterEach(() => server.stop());

const { signal } = new AbortController();

async function failure(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    (value) => value,
    (reason) => reason as DiscoveryError,
  );
  if (!(error instanceof Error)) throw new Error(`it was found: ${JSON.stringify(error)}`);
  return `${(error as DiscoveryError).kind}: ${error.message}`.replaceAll(`${server.port}`, 'PORT');
}

const addresses = (name: string) => resolver.addresses(name, signal);

test('A and AAAA records are all found, with the shortest TTL', async () => {
  server.serve([a('web', '10.0.0.1', 60), a('web', '10.0.0.2', 60), aaaa('web', 'fd00::1', 7)]);
  expect(await addresses('web')).toEqual({
    records: ['10.0.0.1', '10.0.0.2', 'fd00::1'],
    ttlMs: 7000,
  });
});

test('aliases are followed, with their TTL, and what belongs to other names is not heeded', async () => {
  server.reply = ({ type }) => ({
    answers: [
      { type: 'CNAME', name: 'WEB', data: 'pool.example', ttl: 5 },
      a('evil', '6.6.6.6'),
      ...(type === 'A' ? [a('Pool.Example', '10.0.0.1')] : []),
    ],
  });
  expect(await addresses('web')).toEqual({ records: ['10.0.0.1'], ttlMs: 5000 });
});

test('the search list applies, and hosts comes first', async () => {
  resolvConf = 'search one.local two.local\noptions ndots:2 attempts:1 timeout:1';
  server.serve([a('web.two.local', '10.0.0.2')]);
  expect((await addresses('web')).records).toEqual(['10.0.0.2']);
  expect(new Set(server.asked.map(({ name }) => name))).toEqual(
    new Set(['web.one.local', 'web.two.local']),
  );
  hosts = '10.0.0.9 web';
  expect(await addresses('web')).toEqual({
    records: ['10.0.0.9'],
    ttlMs: Number.POSITIVE_INFINITY,
  });
});

test('what does not exist, is empty, fails or is refused is told apart', async () => {
  server.reply = () => ({ rcode: 'NXDOMAIN' });
  expect(await failure(addresses('web'))).toBe(
    'nxdomain: there is no web (NXDOMAIN from 127.0.0.1:PORT)',
  );
  server.reply = () => ({});
  expect(await failure(addresses('web'))).toBe('empty: web has no addresses');
  server.reply = () => ({ answers: [a('web', '0.0.0.0'), a('web', '224.0.0.1')] });
  expect(await failure(addresses('web'))).toMatch(/^empty/);
  server.reply = () => ({ rcode: 'SERVFAIL' });
  expect(await failure(addresses('web'))).toBe('servfail: SERVFAIL for web from 127.0.0.1:PORT');
  server.reply = () => ({ rcode: 'REFUSED' });
  expect(await failure(addresses('web'))).toMatch(/^refused: .* \(code 5\)$/);
});

test('half of an answer is given with what is missing', async () => {
  server.reply = ({ type }) =>
    type === 'A' ? { answers: [a('web', '10.0.0.1')] } : { rcode: 'SERVFAIL' };
  expect(await addresses('web')).toMatchObject({
    records: ['10.0.0.1'],
    missing: { kind: 'partial' },
  });
});

test('a failing name in the search list does not hide that it failed', async () => {
  resolvConf = 'search one.local\noptions attempts:1 timeout:1';
  server.reply = ({ name }) => ({ rcode: name === 'web.one.local' ? 'SERVFAIL' : 'NXDOMAIN' });
  expect(await failure(addresses('web'))).toMatch(/^servfail/);
});

test('silence is a timeout, a closed port is unreachable', async () => {
  speed = 20;
  server.reply = () => undefined;
  expect(await failure(addresses('web'))).toBe(
    'timeout: no answer from 127.0.0.1:PORT within 1000 ms',
  );
  expect(server.asked.length).toBe(2);
  const other = await DnsServer.start();
  const { address } = other;
  await other.stop();
  resolver = new Resolver({
    clock,
    server: address,
    resolvConf: () => resolvConf,
    hosts: () => '',
    newId: () => 1,
  });
  expect(await failure(addresses('web'))).toBe(
    `unreachable: 127.0.0.1:${address.port}: ECONNREFUSED`,
  );
});

/** Answers the question with other messages first, then well. */
const disturbed = (messages: (asked: Asked, good: Buffer) => readonly Buffer[]) => {
  server.reply = (asked) => {
    const answers = asked.type === 'A' ? [a('web', '10.0.0.1')] : [];
    const good = encodeReply(asked, { answers });
    return { raw: [...messages(asked, good), good] };
  };
};

test('answers to other questions are ignored: a guessed id, another name, another type', async () => {
  const answers = [a('web', '6.6.6.6')];
  disturbed((asked) => [
    encodeReply({ ...asked, id: asked.id ^ 0x4000 }, { answers }),
    encodeReply({ ...asked, name: 'other' }, { answers: [a('other', '6.6.6.6')] }),
    encodeReply({ ...asked, type: 'TXT' }, { answers }),
    Buffer.alloc(0),
    Buffer.from('short'),
  ]);
  expect((await addresses('web')).records).toEqual(['10.0.0.1']);
});

test('what cannot be read is ignored while a good answer may follow', async () => {
  disturbed((_, good) => {
    // The question's name points at itself; the answer's name into the end; more records than there are.
    const loop = Buffer.from(good);
    loop.writeUInt16BE(0xc00c, 12);
    const beyond = Buffer.concat([good.subarray(0, 21), Buffer.from([0xff, 0xff])]);
    const many = Buffer.from(good);
    many.writeUInt16BE(0xffff, 6);
    return [loop, beyond, many, good.subarray(0, 25)];
  });
  expect((await addresses('web')).records).toEqual(['10.0.0.1']);
});

test('a server that sends only rubbish is malformed, whatever it sends', async () => {
  speed = 4;
  server.reply = (asked) => ({ raw: [encodeReply(asked, {}).subarray(0, 14)] });
  expect(await failure(addresses('web'))).toMatch(/^malformed: an answer that cannot be read/);
  server.reply = (asked) => ({
    raw: Array.from({ length: 150 }, () => encodeReply({ ...asked, name: 'other' }, {})),
  });
  expect(await failure(addresses('web'))).toMatch(/^(malformed: only messages|timeout)/);
  server.reply = () => ({ answers: [{ type: 'CNAME', name: 'web', data: 'web', ttl: 1 }] });
  expect(await failure(addresses('web'))).toMatch(/^(malformed: an alias that leads nowhere)/);
});

test('an answer that does not fit is asked for again by TCP, and believed there as a whole', async () => {
  const all = Array.from({ length: 300 }, (_, i) => a('web', `10.0.${i >> 8}.${i & 255}`));
  server.reply = ({ type, via }) =>
    via === 'udp'
      ? { isTruncated: true, answers: [a('web', '6.6.6.6')] }
      : { answers: type === 'A' ? all : [] };
  expect((await addresses('web')).records.length).toBe(300);
  server.reply = () => ({ isTruncated: true });
  expect(await failure(addresses('web'))).toMatch(/^malformed: no answer to the question/);
});

test('a TTL beyond 31 bits means 0', async () => {
  server.serve([a('web', '10.0.0.1', 0xffff_ffff)]);
  expect((await addresses('web')).ttlMs).toBe(0);
});

test('dns:// makes a backend of each address, in an order that says nothing', async () => {
  const records = [a('web', '10.0.0.2'), a('web', '10.0.0.1'), a('web', '10.0.0.2')];
  server.serve([...records, aaaa('web', 'fd00::1')]);
  const { backends } = await addressFinder('web', 8080, resolver).find(signal);
  expect(backends.map(({ id, url }) => `${id} ${url}`)).toEqual([
    '10.0.0.1:8080 http://10.0.0.1:8080',
    '10.0.0.2:8080 http://10.0.0.2:8080',
    '[fd00::1]:8080 http://[fd00::1]:8080',
  ]);
});

test('dns+srv:// turns priorities into levels and shares a weight over the addresses of a target', async () => {
  const name = '_http._tcp.web';
  server.serve([
    srv(name, [20, 5, 8080, 'spare.x'], 30),
    srv(name, [10, 30, 8080, 'a.x'], 30),
    srv(name, [10, 0, 9090, 'B.X'], 30),
    a('a.x', '10.0.0.1', 9),
    a('a.x', '10.0.0.2', 9),
    a('b.x', '10.0.0.3'),
    a('spare.x', '10.0.0.4'),
  ]);
  const { backends, ttlMs, missing } = await serviceFinder(name, resolver).find(signal);
  expect(ttlMs).toBe(9000);
  expect(missing).toBeUndefined();
  const rows = backends.map(({ id, weight, priority }) => [id, weight, priority]);
  expect(rows).toEqual([
    ['10.0.0.1:8080', 15, 0],
    ['10.0.0.2:8080', 15, 0],
    ['10.0.0.3:9090', 0.001, 0],
    ['10.0.0.4:8080', 5, 1],
  ]);
});

test('SRV records have their own weights and priorities, and the other settings of the source', async () => {
  const name = '_http._tcp.web';
  server.serve([srv(name, [20, 5, 8080, 'a.x']), a('a.x', '10.0.0.1')]);
  const settings = { maxConnections: 3, weight: 9, priority: 9 };
  const { backends } = await serviceFinder(name, resolver, 'http', settings).find(signal);
  expect(backends).toMatchObject([{ maxConnections: 3, weight: 5, priority: 0 }]);
});

test('SRV: a target that fails makes the answer partial; no target, or none that is left, is empty', async () => {
  const name = '_http._tcp.web';
  const find = () => serviceFinder(name, resolver).find(signal);
  const records = [srv(name, [0, 0, 80, 'a']), srv(name, [0, 0, 80, 'gone']), a('a', '10.0.0.1')];
  server.serve(records);
  expect(await find()).toMatchObject({
    backends: [{ id: '10.0.0.1:80', weight: 1 }],
    missing: { kind: 'partial' },
  });
  server.serve([srv(name, [0, 0, 80, 'gone'])]);
  expect(await failure(find())).toMatch(/^nxdomain: there is no gone/);
  server.serve([srv(name, [0, 0, 0, '.'])]);
  expect(await failure(find())).toBe(`empty: ${name} has no SRV records`);
});

test('a question that is called off ends at once', async () => {
  server.reply = () => undefined;
  const controller = new AbortController();
  const asking = failure(resolver.addresses('web', controller.signal));
  controller.abort();
  expect(await asking).toBe('timeout: the question was called off');
});
