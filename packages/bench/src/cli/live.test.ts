/** What a live run or its subject cannot do is said before it starts. */

import { checkScenario } from '@evenkeel/sim';
import { expect, it } from 'vitest';
import { evenkeel } from '../subjects/evenkeel.ts';
import { haproxy } from '../subjects/haproxy.ts';
import { nginx } from '../subjects/nginx.ts';
import { commandSubject } from '../subjects/others.ts';
import { leftOutLines, requireLive } from './live.ts';

const scenarioWith = (more: object, fleet: object = {}, load: object = {}) =>
  checkScenario(
    {
      name: 'mine',
      title: 'Mine',
      fleet: [
        { id: 'a', concurrency: 1, service: { distribution: 'constant', meanMs: 5 }, ...fleet },
      ],
      load: { kind: 'open', ratePerSecond: 10, durationMs: 1000, ...load },
      ...more,
    },
    'mine',
  );
const drain = { actions: [{ atMs: 10, target: 'a', action: 'drain' }] };

it.each([
  [evenkeel, {}, { discipline: 'processor-sharing' }, {}, /fleet\[0\]\.discipline .* simulated/],
  [evenkeel, {}, {}, { clientRetries: 2 }, /load\.clientRetries 2: .* can only be simulated/],
  [nginx, drain, {}, {}, /actions: drain needs evenkeel as the subject, got nginx/],
  [commandSubject('own', 'x {port}'), drain, {}, {}, /drain needs evenkeel .*, got own/],
])('refused: case %#', (subject, more, fleet, load, message) => {
  const scenarios = [scenarioWith(more, fleet, load)];
  expect(() => requireLive([evenkeel, subject], scenarios)).toThrow(message);
});

it('what a run can go without is named, and hinders nothing', () => {
  const scenario = scenarioWith({ sim: { balancers: 2, staleMs: 100 }, ...drain });
  expect(() => requireLive([evenkeel], [scenario])).not.toThrow();
  expect(leftOutLines([evenkeel], [scenario, scenarioWith({})])).toEqual([
    'mine: a live run goes without what is simulated only: several balancers (sim.balancers 2), old load reports (sim.staleMs 100)',
  ]);
});

it('settings that a subject does not follow are named once, whatever its strategies', () => {
  const lb = { health: { type: 'off', fall: 2 }, retries: { on: ['connect'] }, panicPercent: 40 };
  const scenario = scenarioWith({ lb });
  const own = commandSubject('own', 'x {port}');
  expect(leftOutLines([evenkeel, nginx, nginx, haproxy, own], [scenario])).toEqual([
    'mine: nginx does not take lb.health.type, lb.health.fall, lb.retries.on, lb.panicPercent, and does there as it is made',
    'mine: haproxy does not take lb.health.fall, lb.retries.on, lb.panicPercent, and does there as it is made',
    'mine: own does not take lb.health.type, lb.health.fall, lb.retries.on, lb.panicPercent, and does there as it is made',
  ]);
  expect(leftOutLines([haproxy], [scenarioWith({ lb: { health: { intervalMs: 70 } } })])).toEqual(
    [],
  );
});
