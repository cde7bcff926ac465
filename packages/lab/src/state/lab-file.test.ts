/** What is no lab is refused in one line that names field and value; what is one survives an address. */

import { describe, expect, test } from 'vitest';
import { fromFragment, toFragment } from './address.ts';
import { checkLabFile, LAB_SCHEMA, rawScenarioOf, scenarioOf } from './lab-file.ts';

const SCENARIO = {
  name: 'one',
  title: 'One',
  fleet: [{ id: 'web', count: 3, service: { distribution: 'constant', meanMs: 10 } }],
  load: { kind: 'open', ratePerSecond: 10 },
};
const FILE = { schema: LAB_SCHEMA, scenario: SCENARIO, strategies: ['random'], atMs: 12.5 };

describe('a file', () => {
  test('keeps the scenario as it was written', () => {
    expect(checkLabFile(FILE, 'f')).toEqual(FILE);
  });

  test.each([
    [null, 'f: the file must be a mapping, got null'],
    [{ ...FILE, schema: 'other/1' }, 'f: schema must be evenkeel.lab/1, got "other/1"'],
    [{ ...FILE, atMs: -1 }, 'f: atMs must be a time ≥ 0, got -1'],
    [{ ...FILE, atMs: Number.NaN }, 'f: atMs must be a time ≥ 0, got null'],
    [{ ...FILE, strategies: [] }, 'f: strategies must name at least one, got []'],
    [{ ...FILE, strategies: 'random' }, 'f: strategies must be a list of at most 4, got "random"'],
    [{ ...FILE, strategies: ['randon'] }, 'f: strategies[0]: unknown strategy "randon"'],
    [{ ...FILE, strategies: [{ name: 'x', code: 7 }] }, 'f: strategies[0].code must be a text'],
    [{ ...FILE, note: 5 }, 'f: note must be a text'],
    [
      { ...FILE, scenario: { ...SCENARIO, fleet: [{ ...SCENARIO.fleet[0], count: 257 }] } },
      'f: scenario: fleet must have at most 256 backends in a lab, got 257',
    ],
    [{ ...FILE, scenario: [] }, 'f: scenario must be a mapping, got []'],
    [{ ...FILE, steps: { title: 't', law: 'l', steps: 1 } }, 'f: steps.steps must be a list'],
  ])('that is not in order is refused: %j', (input, message) => {
    expect(() => checkLabFile(input, 'f')).toThrow(message);
  });

  test('with a wrong scenario is refused in the words of its schema', () => {
    const scenario = { ...SCENARIO, load: { kind: 'open', ratePerSecond: -1 } };
    expect(() => checkLabFile({ ...FILE, scenario }, 'f')).toThrow(
      /^f: scenario: load\.ratePerSecond .*-1/,
    );
  });

  test('a world may set its balancer otherwise, within the schema', () => {
    const world = { strategy: 'random', label: 'no retries', lb: { retries: 'off' } };
    const file = checkLabFile({ ...FILE, strategies: [world] }, 'f');
    expect(rawScenarioOf(file, world)).toEqual({ ...SCENARIO, lb: { retries: 'off' } });
    expect(scenarioOf(file, world).lb).toEqual({ retries: 'off' });
    const wrong = { ...world, lb: { retrys: 'off' } };
    expect(() => checkLabFile({ ...FILE, strategies: [wrong] }, 'f')).toThrow(/retrys/);
  });

  test('of steps needs no scenario', () => {
    const steps = {
      title: 't',
      law: 'l',
      steps: [{ what: 'join(a)', endpoints: [{ id: 'a', state: 'checking', inFlight: 0 }] }],
    };
    expect(checkLabFile({ schema: LAB_SCHEMA, steps }, 'f').steps).toEqual(steps);
  });
});

describe('an address', () => {
  test('gives back what was put in', async () => {
    const file = checkLabFile(FILE, 'f');
    const fragment = await toFragment(file);
    expect(fragment).toMatch(/^#lab=[\w-]+$/);
    expect(await fromFragment(fragment)).toEqual(file);
  });

  test('of something else is not ours', async () => {
    expect(await fromFragment('')).toBeUndefined();
    expect(await fromFragment('#stage')).toBeUndefined();
  });

  test.each(['#lab=', '#lab=!!!', '#lab=AAAA', '#lab=q1Yq'])(
    'that is damaged: %s',
    async (text) => {
      await expect(fromFragment(text)).rejects.toThrow(/address/);
    },
  );

  test('does not swell to more than a megabyte', async () => {
    const note = 'x'.repeat(3_000_000);
    const fragment = await toFragment({ ...checkLabFile(FILE, 'f'), note });
    await expect(fromFragment(fragment)).rejects.toThrow('more than a megabyte');
  });
});
