/** The session cookie on the wire: which responses have it, with what value. */

import { BlockList } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { SessionCookie } from '../../src/session-cookie.ts';
import {
  answering,
  type Behaviour,
  OK,
  type RawBackend,
  startRawBackend,
} from '../support/raw-backend.ts';
import { RawClient, roundTrip, statusOf } from '../support/raw-client.ts';
import { type Stand, type StandOptions, startStand } from '../support/stand.ts';

const affinity = new SessionCookie({ cookie: 'evenkeel' }, 'sixteen or more bytes', {
  members: [{ id: 'b0' }, { id: 'b1' }],
  keepsSessions: () => true,
});
const bindingTo = (id: string): string =>
  `Set-Cookie: evenkeel=${affinity.sign(id)}; Path=/; HttpOnly; SameSite=Lax\r\n`;
const REFUSING = 'HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n';

let backends: RawBackend[] = [];
let stand: Stand;

afterEach(async () => {
  await stand.stop();
  for (const backend of backends) await backend.stop();
});

async function start(behaviours: readonly Behaviour[], options: StandOptions = {}): Promise<void> {
  backends = [];
  for (const behave of behaviours) backends.push(await startRawBackend(behave));
  stand = await startStand(
    backends.map(({ address }) => address),
    { service: { affinity }, ...options },
  );
}

/** One request on a connection of its own; `lines` are further field lines. */
function ask(lines = ''): Promise<string> {
  return roundTrip(stand.port, `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${lines}\r\n`);
}

const cookies = (answer: string): string[] => answer.match(/Set-Cookie: .*\r\n/gi) ?? [];

test('a new session is told its backend; one that is where it belongs is told nothing', async () => {
  await start([answering(OK)]);
  expect(cookies(await ask())).toEqual([bindingTo('b0')]);
  expect(cookies(await ask(`Cookie: evenkeel=${affinity.sign('b0')}\r\n`))).toEqual([]);
});

test('the cookie is found among others, and the backend gets the line as it was sent', async () => {
  await start([answering(OK)]);
  const line = `cOOKie: xevenkeel=1; evenkeel=${affinity.sign('b0')} ;evenkeel2=3\r\n`;
  expect(cookies(await ask(line))).toEqual([]);
  expect(backends[0]!.received).toContain(line);
});

test("the backend's own cookies survive, before ours", async () => {
  const own = ['Set-Cookie: a=1; Path=/\r\n', 'Set-Cookie: evenkeel=theirs\r\n'];
  await start([answering(OK.replace('Date', `${own.join('')}Date`))]);
  expect(cookies(await ask())).toEqual([...own, bindingTo('b0')]);
});

test('on a kept-alive connection each request is looked at by itself', async () => {
  await start([answering(OK)]);
  const client = await RawClient.open(stand.port);
  const bound = `GET /bound HTTP/1.1\r\nHost: a\r\nCookie: evenkeel=${affinity.sign('b0')}\r\n\r\n`;
  const unbound = 'GET /new HTTP/1.1\r\nHost: a\r\n\r\n';
  for (const [i, request] of [bound, unbound, bound, unbound].entries()) {
    client.send(request);
    await client.until(() => client.received.split('\r\n\r\nok').length === i + 2, 'an answer');
    expect(cookies(client.received)).toHaveLength(Math.floor((i + 1) / 2));
  }
  client.close();
});

test('after a retry the session is bound to the backend that answered', async () => {
  await start([({ socket }) => void socket.destroy(), answering(OK)]);
  const answer = await ask(`Cookie: evenkeel=${affinity.sign('b0')}\r\n`);
  expect(statusOf(answer)).toBe(200);
  expect(stand.log[0]).toMatchObject({ backend: 'b1', attempts: 2 });
  expect(cookies(answer)).toEqual([bindingTo('b1')]);
});

test('interim answers have none, the final one has it', async () => {
  await start([answering(`HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${OK}`)]);
  const [interim = '', final = ''] = (await ask()).split('\r\n\r\n');
  expect(cookies(`${interim}\r\n`)).toEqual([]);
  expect(cookies(`${final}\r\n`)).toEqual([bindingTo('b0')]);
});

test('a switch of protocols binds', async () => {
  const switched =
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello';
  await start([({ socket }) => void socket.write(switched)]);
  const client = await RawClient.open(stand.port);
  client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
  await client.untilReceived('hello');
  expect(cookies(client.received)).toEqual([bindingTo('b0')]);
  client.close();
  await stand.logged(1);
});

test('an answer of our own has none; an error of the backend has', async () => {
  let behave: Behaviour = answering(REFUSING);
  await start([(connection, bytes) => behave(connection, bytes)]);
  const theirs = await ask();
  expect([statusOf(theirs), cookies(theirs)]).toEqual([503, [bindingTo('b0')]]);
  behave = ({ socket }) => void socket.destroy();
  const ours = await ask();
  expect([statusOf(ours), cookies(ours)]).toEqual([502, []]);
  const malformed = await roundTrip(stand.port, 'GET / HTTP/1.1\r\n\r\n');
  expect([statusOf(malformed), cookies(malformed)]).toEqual([400, []]);
});

test('without affinity the cookie means nothing and is never set', async () => {
  await start([answering(OK), answering(OK)], { service: {} });
  const bound = `Cookie: evenkeel=${affinity.sign('b1')}\r\n`;
  for (const lines of ['', bound, bound]) expect(cookies(await ask(lines))).toEqual([]);
  expect(stand.log.map(({ backend }) => backend)).toEqual(['b0', 'b1', 'b0']);
});

test('an answer that caches share, or that renews what they keep, binds no session', async () => {
  const withFields = (fields: string): string => OK.replace('Date', `${fields}Date`);
  let answer = OK;
  await start([answering(() => answer)]);
  const binds = async (response: string): Promise<boolean> => {
    answer = response;
    return cookies(await ask()).length > 0;
  };
  for (const value of ['public', 'max-age=60, PUBLIC', 'public;x', 's-maxage=9', 'a,public,b']) {
    expect(await binds(withFields(`Cache-Control: ${value}\r\n`)), value).toBe(false);
  }
  const twoLines = 'Cache-Control: max-age=5\r\nCache-Control: public\r\n';
  expect(await binds(withFields(twoLines))).toBe(false);
  expect(await binds('HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n')).toBe(false);
  for (const value of ['private', 'no-store', 'max-age=60', 'x-public', 'publicly']) {
    expect(await binds(withFields(`Cache-Control: ${value}\r\n`)), value).toBe(true);
  }
});

test('the cookie is Secure where a trusted proxy says that the client spoke https', async () => {
  const trusted = new BlockList();
  trusted.addAddress('127.0.0.1');
  await start([answering(OK)], { forwarding: { trustedProxies: trusted } });
  const secure = bindingTo('b0').replace('\r\n', '; Secure\r\n');
  expect(cookies(await ask('X-Forwarded-Proto: https\r\n'))).toEqual([secure]);
  expect(cookies(await ask('x-forwarded-proto: HTTPS, http\r\n'))).toEqual([secure]);
  expect(cookies(await ask('Forwarded: for=1.2.3.4;proto=https\r\n'))).toEqual([secure]);
  for (const lines of ['', 'X-Forwarded-Proto: http\r\n', 'X-Forwarded-Proto: httpsx\r\n']) {
    expect(cookies(await ask(lines))).toEqual([bindingTo('b0')]);
  }
  await stand.stop();
  for (const backend of backends) await backend.stop();
  await start([answering(OK)]);
  expect(cookies(await ask('X-Forwarded-Proto: https\r\n'))).toEqual([bindingTo('b0')]);
});

test('of several cookies of the name the first that holds counts', async () => {
  await start([answering(OK)]);
  const ours = `evenkeel=${affinity.sign('b0')}`;
  for (const line of [
    `evenkeel=other; ${ours}`,
    `${ours}; evenkeel=other`,
    `evenkeel=; x=1;${ours}`,
  ]) {
    expect(cookies(await ask(`Cookie: ${line}\r\n`))).toEqual([]);
  }
  expect(cookies(await ask(`Cookie: evenkeel=a\r\nCookie: ${ours}\r\n`))).toEqual([]);
});
