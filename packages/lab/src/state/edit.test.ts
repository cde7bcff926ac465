/** What is done in the page becomes part of the scenario, with its time. */

import { expect, test } from 'vitest';
import {
  breakBackend,
  entriesOf,
  mendBackend,
  momentOf,
  removeEntry,
  setLoad,
  setService,
  setValue,
} from './edit.ts';
import { checkLabFile, LAB_SCHEMA, type LabFile, scenarioOf } from './lab-file.ts';

const START = checkLabFile(
  {
    schema: LAB_SCHEMA,
    scenario: {
      name: 'one',
      title: 'One',
      fleet: [{ id: 'web', count: 3, service: { distribution: 'constant', meanMs: 10 } }],
      load: { kind: 'open', ratePerSecond: 10, warmupMs: 500, durationMs: 4000 },
    },
    strategies: ['random'],
    atMs: 0,
  },
  'f',
);
const at = (file: LabFile, atMs: number): LabFile => checkLabFile({ ...file, atMs }, 'f');
const scenario = (file: LabFile) => scenarioOf(file, 'random');

test('a moment counts from the end of the warm-up, and lies within the load', () => {
  expect(momentOf(at(START, 100), scenario(START))).toBe(0);
  expect(momentOf(at(START, 1700.12345), scenario(START))).toBe(1200.123);
  expect(momentOf(at(START, 4500), scenario(START))).toBeLessThan(4000);
});

test('a fault begins when it is set and ends when it is mended', () => {
  const broken = breakBackend(at(START, 1500), scenario(START), 'web-2', { kind: 'kill' });
  expect(broken.scenario.faults).toEqual([
    { atMs: 1000, target: 'web-2', fault: { kind: 'kill' } },
  ]);
  const mended = mendBackend(at(broken, 2250), scenario(broken), 'web-2');
  expect(scenario(mended).faults).toEqual([
    { atMs: 1000, target: 'web-2', fault: { kind: 'kill' }, forMs: 750 },
  ]);
  expect(mendBackend(at(broken, 2250), scenario(broken), 'web-1')).toEqual(at(broken, 2250));
});

test('a fault that is mended in the instant it was set is gone', () => {
  const file = breakBackend(at(START, 1500), scenario(START), 'web-2', { kind: 'freeze' });
  expect(mendBackend(file, scenario(file), 'web-2', 'freeze').scenario.faults).toEqual([]);
});

test('a lie of a health check is asked for by HTTP', () => {
  const file = breakBackend(START, scenario(START), 'web-1', { kind: 'healthLie', status: 503 });
  expect(scenario(file).lb.health).toEqual({ type: 'http' });
});

test('the last word of an instant counts, for a drain and for the load', () => {
  let file = setService(at(START, 2500), scenario(START), 'web-1', 'drain');
  file = setLoad(file, scenario(file), 20);
  file = setService(file, scenario(file), 'web-1', 'ready');
  file = setLoad(file, scenario(file), 30);
  expect(scenario(file).actions).toEqual([
    { atMs: 2000, target: 'web-1', action: 'ready' },
    { atMs: 2000, action: { load: { ratePerSecond: 30 } } },
  ]);
  expect(entriesOf(file).map(({ text }) => text)).toEqual([
    '2 s: ready web-1',
    '2 s: 30 requests/s',
  ]);
  expect(removeEntry(file, 'actions', 0).scenario.actions).toHaveLength(1);
});

test('a setting is changed in its place, and taken out by undefined', () => {
  const file = setValue(START, ['fleet', 0, 'count'], 5);
  expect(scenario(file).fleet[0]!.count).toBe(5);
  const slow = setValue(file, ['lb', 'slowStart'], { windowMs: 500 });
  expect(slow.scenario.lb).toEqual({ slowStart: { windowMs: 500 } });
  expect(setValue(slow, ['lb', 'slowStart'], undefined).scenario.lb).toEqual({});
  expect(START.scenario.lb).toBeUndefined();
});
