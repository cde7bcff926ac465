/** `pnpm sim` as users meet it: a process with arguments, two streams, files and an exit code. */

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseResults } from '@evenkeel/report';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function sim(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sim-cli-'));
});
afterAll(() => rm(folder, { recursive: true }));
const inFolder = (name: string): string => join(folder, name);
const json = async (name: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(inFolder(name), 'utf8'));

describe('one run', () => {
  it('writes the figures of the contract, and nothing else to standard output', async () => {
    const { code, out } = await sim(
      ...[
        '--servers',
        '5',
        '--load',
        '0.7',
        '--requests',
        '20000',
        '--strategy',
        'random',
        '--json',
        '-',
      ],
    );
    expect(code).toBe(0);
    const figures = JSON.parse(out);
    expect(figures).toMatchObject({
      schema: 'evenkeel.sim/1',
      unit: 'service',
      serviceMean: 1,
      strategy: 'random',
      servers: 5,
      requests: 20_000,
      seed: 42,
      response: {
        p999: expect.any(Number),
        max: expect.any(Number),
        meanInterval: [expect.any(Number), expect.any(Number)],
      },
      theory: { name: 'M/M/1' },
      requestsPerSecond: expect.any(Number),
      eventsPerSecond: expect.any(Number),
      traceHash: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(figures.load).toBeCloseTo(0.7, 9);
    expect(figures.perServer).toHaveLength(5);
  });

  it('of a scenario is in ms, and its trace has one line per event', async () => {
    const trace = inFolder('trace.txt');
    const file = inFolder('one.json');
    const { code, out } = await sim(
      '--scenario',
      'one-dies',
      '--strategy',
      'round-robin',
      '--trace',
      trace,
      '--json',
      file,
    );
    expect(code).toBe(0);
    expect(out).toContain('one-dies: response times in ms');
    expect(await json('one.json')).toMatchObject({ unit: 'ms', scenario: 'one-dies' });
    const lines = (await readFile(trace, 'utf8')).trim().split('\n');
    expect(lines.filter((line) => / fault kill (begins|ends) at web-2$/.test(line))).toHaveLength(
      2,
    );
  });
});

describe('a sweep', () => {
  it('in shards and merged is the very file of the whole', async () => {
    const plan = [
      '--servers',
      '4',
      '--requests',
      '3000',
      '--sweep',
      'load=0.5..0.9:3',
      '--strategies',
      'random,round-robin',
    ];
    const parts = [1, 2].map((i) => inFolder(`part-${i}.json`));
    const report = inFolder('report');
    await Promise.all([
      sim(...plan, '--json', inFolder('whole.json'), '--out', report),
      ...parts.map((part, i) =>
        sim(...plan, '--shard', `${i + 1}/2`, '--jobs', '1', '--json', part),
      ),
    ]);
    const merged = await sim('merge', parts[1]!, parts[0]!, '--json', inFolder('merged.json'));
    expect(merged.code).toBe(0);
    expect(await json('merged.json')).toEqual(await json('whole.json'));
    expect(await readFile(inFolder('merged.json'), 'utf8')).toBe(
      await readFile(inFolder('whole.json'), 'utf8'),
    );

    const results = parseResults(JSON.parse(await readFile(join(report, 'results.json'), 'utf8')));
    expect(results.sweeps?.[0]?.points).toHaveLength(6);
    expect(results.sweeps?.[0]?.theory.map(({ strategy }) => strategy)).toEqual([
      'random',
      'round-robin',
      null,
    ]);

    const half = await sim('merge', parts[0]!);
    expect([half.code, half.err]).toEqual([2, 'error: task 1 of 6 is in none of the files\n']);
    const twice = await sim('merge', parts[0]!, parts[0]!);
    expect(twice.code).toBe(2);
    expect(twice.err).toMatch(/repeats task 0\n$/);
  });
});

describe('the demo', () => {
  it('writes a report of all its runs', async () => {
    const { code, out } = await sim('demo', '--out', inFolder('demo'));
    expect(code).toBe(0);
    expect(out).toMatch(/one-slow: .*\n.*strategy.*p99 ms/);
    const results = parseResults(await json(join('demo', 'results.json')));
    expect(results.kind).toBe('sim');
    expect(results.runs).toHaveLength(75);
    const [, ...repeated] = results.command.split(' ').slice(1);
    expect(repeated).toEqual(['demo', '--out', inFolder('demo')]);
    expect(await readFile(inFolder('demo/report.html'), 'utf8')).toContain('<html');
  });
});

describe('wrong usage ends in one line and exit code 2', () => {
  it.each([
    [['--servers', '0'], /'--servers <n>' argument '0' is invalid\. must be an integer from 1/],
    [['--load', 'x'], /argument 'x' is invalid\. must be a number above 0/],
    [['--strategy', 'nope'], /unknown strategy "nope"/],
    [['--strategy', 'random,random'], /names random twice/],
    [['--service', 'normal'], /service must be one of constant, .*, got "normal"/],
    [['--scenario', 'nope'], /scenario must be a file or one of .*, got "nope"/],
    [['--scenario', 'uniform', '--servers', '3'], /cannot be used with option '--servers <n>'/],
    [['--sweep', 'load=1'], /must look like load=0\.5\.\.0\.95:10/],
    [['--sweep', 'load=0.5..0.9:2', '--load', '1'], /--load cannot be used with --sweep/],
    [['--shard', '3/2'], /must be i\/n with i from 1 to n/],
    [['--shard', '1/2'], /--shard and --out need --sweep/],
    [['--sweep', 'load=0.5..0.9:2', '--scenario', 'saturation'], /has a closed load/],
    [['--scenario', 'saturation', '--load', '0.5'], /has a closed load/],
    // Found out before the run: it would take an hour.
    [['--requests', '10000000000', '--json', '/nonexistent/x'], /cannot be written \(ENOENT\)/],
    [['--json', '/tmp'], /\/tmp: cannot be written \(EISDIR\)/],
    [['--sweep', 'load=0.5..0.9:2', '--out', '/proc/x'], /\/proc\/x: cannot be written/],
    [['truth', '--json', '/nonexistent/x'], /cannot be written \(ENOENT\)/],
    [['truth', '--doc', 'package.json'], /package\.json: must have the lines/],
    [['merge', '/nonexistent.json'], /cannot be read as JSON/],
    [['nonsense'], /unknown command 'nonsense'/],
    [['--nonsense'], /unknown option '--nonsense'/],
  ])('%j', async (args, message) => {
    const { code, err } = await sim(...args);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });
});
