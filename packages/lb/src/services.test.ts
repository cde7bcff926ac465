/** Ids over sources and services, without sockets: what discovery finds gives way to what is named. */

import { seededRandom } from '@evenkeel/core';
import { ManualClock } from '@evenkeel/core/testing';
import { beforeEach, expect, test } from 'vitest';
import { parseConfig } from './config/parse.ts';
import { resolveBackend, resolveConfig } from './config/resolve.ts';
import { EventLog } from './event-log.ts';
import { Traffic } from './metrics/traffic.ts';
import { Services } from './services.ts';
import { strategyTable } from './strategies.ts';

const strategies = strategyTable({
  broken: () => {
    throw new Error('out of order');
  },
});

let services: Services;
let events: EventLog;
let warnings: string[];

beforeEach(() => {
  warnings = [];
  const clock = new ManualClock();
  events = new EventLog(() => clock.now());
  services = new Services({
    clock,
    random: seededRandom(1),
    events,
    traffic: new Traffic(() => clock.now()),
    strategies,
    drainMs: () => 1000,
    onPolicyError: () => {},
    policies: () => ({}),
    warn: (message) => void warnings.push(message),
  });
});

/** Reloads with services `one` and `two`, each with backends of these ids. */
function reload(one: string, two: string, strategy = 'random'): void {
  const backends = (ids: string) => ({
    backends: [...ids].map((id, i) => ({ id, url: `http://127.0.0.1:${9000 + i}` })),
  });
  const file = {
    health: 'off',
    strategy,
    services: { one: backends(one), two: backends(two) },
    routes: [{ service: 'one' }, { prefix: '/two', service: 'two' }],
  };
  services.apply(resolveConfig(parseConfig(file), strategies).services)();
}

const found = (ids: string) =>
  [...ids].map((id) => resolveBackend({ id, url: 'http://127.0.0.1:9100' }, 'http'));

const idsOf = (name: string): string =>
  services
    .service(name)!
    .pool.members.map(({ id }) => id)
    .join('');

test('an id that is in use is left out of what discovery found, in any service, and told', () => {
  reload('a', 'b');
  services.setDiscovered('one', found('abxx'));
  expect(warnings).toEqual([
    expect.stringContaining('"a", which is in use: service one has it from file'),
    expect.stringContaining('"b", which is in use: service two has it from file'),
    'discovery for service one: left out, as "x" was found twice',
  ]);
  expect([idsOf('one'), idsOf('two')]).toEqual(['ax', 'b']);
  services.setDiscovered('two', found('xy'));
  expect(warnings).toHaveLength(4);
  expect([idsOf('one'), idsOf('two')]).toEqual(['ax', 'by']);
});

test('what a reload names takes the place of what was discovered, and gives it back', () => {
  reload('a', 'b');
  services.setDiscovered('one', found('xy'));
  reload('ax', 'by');
  expect([idsOf('one'), idsOf('two')]).toEqual(['ax', 'by']);
  expect(services.status('y')).toMatchObject({ service: 'two', source: 'file' });
  reload('a', 'b');
  expect([idsOf('one'), idsOf('two')]).toEqual(['axy', 'b']);
});

test('a reload whose strategy cannot be made is refused and changes nothing', () => {
  reload('a', 'b');
  expect(() => reload('c', 'd', 'broken')).toThrow('strategy broken cannot be used: out of order');
  expect([idsOf('one'), idsOf('two')]).toEqual(['a', 'b']);
  expect(() => services.setStrategy({ name: 'broken' }, 'one')).toThrow('cannot be used');
  expect(services.service('one')!.strategy.name).toBe('random');
});

test('the event of a backend that joins or leaves says which source it was', () => {
  reload('afb', 'c');
  services.add({ id: 'd', url: 'http://127.0.0.1:9101' }, 'one');
  services.setDiscovered('one', found('e'));
  services.setDiscovered('one', []);
  services.remove('d', 0);
  services.remove('a', 0);
  reload('af', 'c');
  const told = events.since(0).filter(({ type }) => type === 'added' || type === 'removed');
  expect(told.map(({ type, endpoint, reason }) => `${endpoint} ${type}: ${reason}`)).toEqual([
    ...['a', 'f', 'b', 'c'].map((id) => `${id} added: configuration`),
    'd added: operator',
    'e added: discovery',
    'e removed: discovery',
    'd removed: operator',
    'a removed: operator',
    'b removed: configuration',
  ]);
});
