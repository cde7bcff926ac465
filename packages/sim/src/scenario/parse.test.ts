import { describe, expect, it } from 'vitest';
import { loadScenario } from './load.ts';
import { checkScenario, parseScenario, ScenarioError } from './parse.ts';

const BACKEND = { id: 'a', service: { distribution: 'constant', meanMs: 10 } };
const GOOD = {
  name: 'x',
  title: 'a title',
  fleet: [BACKEND],
  load: { kind: 'open', ratePerSecond: 10 },
};

function messageOf(change: object): string {
  try {
    checkScenario({ ...GOOD, ...change }, 'scenarios/x.yaml');
  } catch (error) {
    expect(error).toBeInstanceOf(ScenarioError);
    return (error as Error).message;
  }
  throw new Error('the scenario was accepted');
}

describe('a wrong file earns one line with file, field, what was expected and what was there', () => {
  const fleet = (change: object): object => ({ fleet: [{ ...BACKEND, ...change }] });
  const load = (change: object): object => ({ load: { ...GOOD.load, ...change } });
  const fault = (change: object): object => ({
    faults: [{ atMs: 0, target: 'a', fault: { kind: 'kill' }, ...change }],
  });
  it.each([
    [fleet({ count: 0 }), 'fleet[0].count must be an integer from 1 to 100000, got 0'],
    [fleet({ count: 1.5 }), 'fleet[0].count must be an integer from 1 to 100000, got 1.5'],
    [fleet({ count: '3' }), 'fleet[0].count must be an integer from 1 to 100000, got "3"'],
    [fleet({ count: 1e9 }), 'fleet[0].count must be an integer from 1 to 100000, got 1000000000'],
    [fleet({ weight: 0 }), 'fleet[0].weight must be a number > 0, got 0'],
    [fleet({ cuont: 3 }), 'fleet[0].cuont is not known: did you mean "count"?'],
    [fleet({ id: 'a b' }), /^fleet\[0\]\.id must be letters, digits, .*, got "a b"$/],
    [fleet({ id: 'all' }), 'fleet[0].id must not be one or all, got "all"'],
    [
      fleet({ service: { distribution: 'normal' } }),
      /^fleet\[0\]\.service\.distribution: did you mean "lognormal"\? It must be one of .*, got "normal"$/,
    ],
    [
      fleet({ service: { distribution: 'exponential' } }),
      'fleet[0].service.meanMs must be a number > 0, got nothing',
    ],
    [{ fleet: [] }, 'fleet must be a list of 1 to 1000 items, got []'],
    [{ fleet: [BACKEND, BACKEND] }, 'fleet[1].id must give ids of its own (a is taken), got "a"'],
    [load({ fraction: 0.5 }), /^load must have either ratePerSecond or fraction, got \{/],
    [{ load: { kind: 'open' } }, /^load must have either ratePerSecond or fraction/],
    [{ load: { kind: 'shut' } }, 'load.kind must be one of open, closed, got "shut"'],
    [{ load: 5 }, 'load must be a mapping, got 5'],
    [load({ arrivals: 'random' }), /^load\.arrivals must be poisson, constant or \{ kind: bursty/],
    [load({ postShare: 2 }), 'load.postShare must be a number from 0 to 1, got 2'],
    [
      fault({ target: 'b' }),
      'faults[0].target must be one, all, { percent } or the id of a backend (a), got "b"',
    ],
    [
      fault({ atMs: 4000 }),
      'faults[0].atMs must be before the end of the load (durationMs: 4000), got 4000',
    ],
    [
      { actions: [{ atMs: 0, target: 'b', action: 'drain' }] },
      'actions[0].target must be one, all, { percent } or the id of a backend (a), got "b"',
    ],
    [
      { actions: [{ atMs: 9e6, target: 'a', action: 'ready' }] },
      'actions[0].atMs must be before the end of the load (durationMs: 4000), got 9000000',
    ],
    [
      { actions: [{ atMs: 0, target: 'a', action: 'explode' }] },
      /^actions\[0\] must be \{ atMs, target, action: drain or ready \} or \{ atMs, action: /,
    ],
    [
      {
        load: { kind: 'closed', connections: 1 },
        actions: [{ atMs: 0, action: { load: { ratePerSecond: 5 } } }],
      },
      /^actions\[0\]\.action must not change the load: a closed load has no rate, got \{/,
    ],
    [
      load({ ratePerSecond: 1e12 }),
      'load.ratePerSecond must plan at most 1000000000 requests (plans 4.50e+12), got 1000000000000',
    ],
    [
      {
        load: { kind: 'open', fraction: 100, durationMs: 86_400_000 },
        fleet: [{ ...BACKEND, concurrency: 1e6 }],
      },
      /^load\.fraction must plan at most 1000000000 requests \(plans /,
    ],
    [
      fault({ fault: { kind: 'explode' } }),
      /^faults\[0\]\.fault\.kind must be one of latency, .*, got "explode"$/,
    ],
    [
      fault({ fault: { kind: 'leak' } }),
      'faults[0].fault.msPerRequest must be a number > 0, got nothing',
    ],
    [
      fault({ fault: { kind: 'kill', rate: 1 } }),
      'faults[0].fault.rate is not known: expected one of kind',
    ],
    [{ seed: -1 }, 'seed must be an integer from 0 to 4294967295, got -1'],
    [{ title: '' }, 'title must be a text of 1 to 120 characters, got ""'],
    [{ lb: 7 }, 'lb must be a mapping, got 7'],
    [{ lb: { retries: { tires: 9 } } }, 'lb.retries.tires is not known: did you mean "tries"?'],
    [{ lb: { helth: {} } }, 'lb.helth is not known: did you mean "health"?'],
    [
      { lb: { passive: { successRate: { minHosts: 'five' } } } },
      'lb.passive.successRate.minHosts must be an integer from 2 to 100000, got "five"',
    ],
    [
      { lb: { slowStart: { aggression: 0 } } },
      'lb.slowStart.aggression must be a number from 0.01 to 100, got 0',
    ],
    [
      { lb: { passive: { ejection: { maxPercent: 900 } } } },
      'lb.passive.ejection.maxPercent must be a number from 0 to 100, got 900',
    ],
    [
      { lb: { timeouts: { conectMs: 5 } } },
      'lb.timeouts.conectMs is not known: did you mean "connectMs"?',
    ],
    [{ lb: { limits: { fields: 1 } } }, /^lb\.limits\.fields must be an integer from 8 /],
    [{ lb: { backends: [] } }, /^lb\.backends is not known/],
  ])('%j', (change, expected) => {
    const message = messageOf(change);
    expect(message.startsWith('scenarios/x.yaml: ')).toBe(true);
    expect(message).not.toContain('\n');
    const rest = message.slice('scenarios/x.yaml: '.length);
    if (typeof expected === 'string') expect(rest).toBe(expected);
    else expect(rest).toMatch(expected);
  });

  it('names the line of a YAML mistake', () => {
    expect(() => parseScenario('name: x\ntitle: [1', 'f.yaml')).toThrow(/^f\.yaml: line 2: /);
    expect(() => parseScenario('', 'f.yaml')).toThrow(
      'f.yaml: the scenario must be a mapping, got null',
    );
  });

  it.each(['fleet: &a [*a]', 'lb: &b { health: *b }', `fleet: ${'['.repeat(5000)}`, '{[x]: 1}'])(
    'refuses %s',
    (text) => {
      expect(() => parseScenario(text, 'f.yaml')).toThrow(ScenarioError);
    },
  );

  it('lists the library when there is no such scenario', () => {
    expect(() => loadScenario('nonsense')).toThrow(/^scenario must be a file or one of .*one-slow/);
  });
});

describe('a right file', () => {
  it('has every default filled in', () => {
    const scenario = checkScenario(GOOD, 'x');
    expect(scenario).toMatchObject({
      seed: 42,
      faults: [],
      objectives: {},
      lb: {},
      sim: { balancers: 1, staleMs: 0 },
      fleet: [{ count: 1, concurrency: 20, queue: 1000, weight: 1, discipline: 'fifo' }],
      load: {
        arrivals: { kind: 'poisson' },
        warmupMs: 500,
        durationMs: 4000,
        timeoutMs: 5000,
        postShare: 0,
        bodyBytes: 0,
        keys: { count: 1000, zipf: 0 },
        clientRetries: 0,
      },
    });
  });

  it('is frozen in all its parts', () => {
    const scenario = checkScenario(GOOD, 'x');
    expect(Object.isFrozen(scenario)).toBe(true);
    expect(Object.isFrozen(scenario.fleet[0]?.service)).toBe(true);
    expect(Object.isFrozen(scenario.load.keys)).toBe(true);
  });

  it('may come as JSON', () => {
    expect(parseScenario(JSON.stringify(GOOD), 'x.json').name).toBe('x');
  });
});
