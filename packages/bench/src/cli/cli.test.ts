/** Wrong input to the two commands: one line, exit 2, and no stack trace. */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { RESULTS_SCHEMA } from '@evenkeel/report';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { requirePlaces } from '../output/write.ts';
import { runCli } from './program.ts';

/** What a stream was given while `run` ran. */
async function outputOf(
  stream: NodeJS.WriteStream,
  run: () => Promise<number>,
): Promise<{ code: number; text: string }> {
  let text = '';
  vi.spyOn(stream, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  return { code: await run(), text };
}

afterEach(() => vi.restoreAllMocks());

/** A run of other arms. */
const BASELINE = join(mkdtempSync(join(tmpdir(), 'evenkeel-bench-test-')), 'results.json');
afterAll(() => rmSync(dirname(BASELINE), { recursive: true }));
const environment = { node: '', os: '', arch: '', cpuModel: '', cores: 1, memoryBytes: 1 };
const OTHER = BASELINE.replace('results', 'other');
const BROKEN = BASELINE.replace('results', 'broken');
writeFileSync(BROKEN, 'hello\nworld\n');
for (const [file, seed] of [
  [BASELINE, 1],
  [OTHER, 2],
] as const) {
  const text = JSON.stringify({
    schema: RESULTS_SCHEMA,
    kind: 'bench',
    startedAt: new Date(0).toISOString(),
    environment,
    git: null,
    seed,
    command: '',
    scenarios: [],
    runs: [],
    comparisons: [],
    verdict: { status: 'pass', text: '' },
  });
  writeFileSync(file, text);
}

describe('wrong input', () => {
  it.each([
    [['bench', '--scenario', 'no-such'], /scenario must be a file or one of .*got "no-such"/],
    [['bench', '--scenario', 'one-slow', 'one-slow'], /--scenario: "one-slow" is given twice/],
    [['bench', '--strategies', 'round-robbin'], /unknown strategy "round-robbin"/],
    [['bench', '--strategies', 'random,random'], /--strategies: "random" is given twice/],
    [['bench', '--subjects', 'ngnix'], /--subjects: expected some of evenkeel, .*got "ngnix"/],
    [['bench', '--subjects', ''], /--subjects: expected at least one, got ""/],
    [['bench', '--subjects', 'cmd:mine:./lb'], /expected \{port\} in the command, got "\.\/lb"/],
    [['bench', '--subjects', 'policy:mine:panic'], /policy:mine: expected KIND=FILE .*"panic"/],
    [
      ['bench', '--subjects', 'policy:mine:panic=no-such.ts,health=x'],
      /with a file that exists, got "panic=no-such.ts"/,
    ],
    [['bench', '--subjects', 'url:mine:ftp://x'], /expected an http:\/\/ URL, got "ftp:\/\/x"/],
    [['bench', '--subjects', 'url:simulated:http://x'], /the name "simulated" is taken/],
    [['bench', '--subjects', 'nginx,url:nginx:http://x'], /the name "nginx" is taken/],
    [['bench', '--rounds', '0'], /--rounds: expected a whole number from 1 to 1000, got "0"/],
    [['bench', '--generators', '65'], /--generators: .* whole number from 1 to 64, got "65"/],
    [
      ['bench', '--generators', '2', '--scenario', 'saturation'],
      /--generators: expected scenarios of kind open, got closed \(saturation\)/,
    ],
    [['bench', 'compare', BASELINE, BASELINE, '--generators', '2'], /expected nothing beside/],
    [['bench', '--margin', 'x'], /--margin: expected a number above 0 up to 1, got "x"/],
    [['bench', '--backends', ','], /--backends: expected at least one URL/],
    [['bench', '--backends', 'http://a:1/path'], /--backends: expected http:\/\/host:port, got/],
    [['bench', '--no-such-flag'], /unknown option/],
    [['bench', '--scenario', 'saturation', '--sweep'], /--sweep: expected .* open, got closed/],
    [['bench', '--scenario', 'one-dies', '--compare-sim'], /--compare-sim: .*without faults, got/],
    [['bench', '--subjects', 'direct', '--compare-sim'], /expected evenkeel alone, got direct/],
    [['bench', 'compare', 'random', 'random'], /two different arms, got evenkeel\/random twice/],
    [['bench', 'compare', 'random', 'evenkeel/random'], /two different arms/],
    [
      ['bench', 'compare', 'random', 'maglev', '--strategies', 'random'],
      /--strategies: expected nothing beside "compare A B"/,
    ],
    [
      ['bench', 'compare', 'random', 'maglev', '--subjects', 'nginx'],
      /--subjects: expected nothing beside "compare A B"/,
    ],
    [['bench', '--baseline', BASELINE], /--baseline: expected a run of .*, got none/],
    [['bench', '--baseline', BASELINE, '--compare-sim'], /cannot be used with/],
    [
      ['bench', '--subjects', 'url:mine:http://127.0.0.1:1', '--scenario', 'one-dies'],
      /--subjects url:mine: expected a scenario without faults, got one-dies/,
    ],
    [['chaos', '--subjects', 'url:mine:http://127.0.0.1:1'], /without faults, got one-dies/],
    [['chaos', '--random', '--subjects', 'url:mine:http://127.0.0.1:1'], /got random faults/],
    [['bench', 'compare', BASELINE, 'random'], /expected two arms or two files, got/],
    [
      ['bench', 'compare', BASELINE, 'no-such.json'],
      /expected a file that can be read, got "no-such/,
    ],
    [
      ['bench', 'compare', BASELINE, BASELINE, '--rounds', '3'],
      /--rounds: expected nothing beside/,
    ],
    [['bench', 'compare', BASELINE, BASELINE], /expected two benches, got the same one twice/],
    [['bench', 'compare', BASELINE, OTHER], /nothing in common/],
    [['bench', 'compare', BASELINE, BROKEN], /expected a results\.json, got .* is not valid JSON/],
    [
      ['bench', '--quick', '--out', BASELINE],
      /--out: expected a place .*results\.json" \(EEXIST\)/,
    ],
    [['bench', '--quick', '--json', dirname(BASELINE)], /--json: expected a file, got ".*EISDIR/],
    [
      ['bench', '--markdown', `${BASELINE}/x.md`],
      /--markdown: expected a place .*\((EEXIST|ENOTDIR)\)/,
    ],
    [['bench', '--json', '-', '--markdown', '-'], /--markdown: expected a file beside "--json -"/],
    [['chaos', '--out', '/proc/x'], /--out: expected a place that can be written, got "\/proc\/x"/],
    [['chaos', '--minutes', '3'], /--minutes: expected --random beside it/],
    [['chaos', '--random', '--backends', 'http://a:1'], /cannot be used with/],
    [['bench', '--compare-sim', '--backends', 'http://a:1'], /cannot be used with/],
    [['bench', 'compare', 'a', 'b', '--self-test'], /--self-test: expected no "compare" beside it/],
    [['bench', 'surplus'], /expected "compare A B" or flags alone, got "surplus"/],
    [['bench', 'compare', 'random', 'ngnix'], /--subjects: expected some of .*got "ngnix"/],
    [['chaos', '--seed', '-1'], /--seed: expected a whole number from 0 to 4294967295, got "-1"/],
    [['chaos', '--seed', '1.5'], /--seed: expected a whole number/],
  ])('%j', async (args, message) => {
    const { code, text } = await outputOf(process.stderr, () => runCli(args));
    expect(text).toMatch(message);
    expect(text.trim().split('\n')).toHaveLength(1);
    expect(code).toBe(2);
  });

  it('looking for a place leaves nothing behind', () => {
    const out = join(dirname(BASELINE), 'a', 'b');
    requirePlaces({ out, json: join(out, 'x.json') });
    expect(existsSync(dirname(out))).toBe(false);
  });

  it.each(['bench', 'chaos'])('help of %s is no error, and ends with examples', async (command) => {
    const { code, text } = await outputOf(process.stdout, () => runCli([command, '--help']));
    expect(code).toBe(0);
    expect(text).toMatch(/Examples:\n {2}pnpm /);
  });
});
