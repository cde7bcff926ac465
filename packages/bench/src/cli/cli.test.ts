/** Wrong input to the two commands: one line, exit 2, and no stack trace. */

import { afterEach, describe, expect, it, vi } from 'vitest';
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

describe('wrong input', () => {
  it.each([
    [['bench', '--scenario', 'no-such'], /scenario must be a file or one of .*got "no-such"/],
    [['bench', '--scenario', 'one-slow', 'one-slow'], /--scenario: "one-slow" is given twice/],
    [['bench', '--strategies', 'round-robbin'], /unknown strategy "round-robbin"/],
    [['bench', '--strategies', 'random,random'], /--strategies: "random" is given twice/],
    [['bench', '--subjects', 'ngnix'], /--subjects: expected some of evenkeel, .*got "ngnix"/],
    [['bench', '--subjects', ''], /--subjects: expected at least one, got ""/],
    [['bench', '--subjects', 'cmd:mine:./lb'], /expected \{port\} in the command, got "\.\/lb"/],
    [['bench', '--subjects', 'url:mine:ftp://x'], /expected an http:\/\/ URL, got "ftp:\/\/x"/],
    [['bench', '--subjects', 'url:simulated:http://x'], /the name "simulated" is taken/],
    [['bench', '--subjects', 'nginx,url:nginx:http://x'], /the name "nginx" is taken/],
    [['bench', '--rounds', '0'], /--rounds: expected a whole number from 1 to 1000, got "0"/],
    [['bench', '--margin', 'x'], /--margin: expected a number above 0 up to 1, got "x"/],
    [['bench', '--backends', ','], /--backends: expected at least one URL/],
    [['bench', '--backends', 'http://a:1/path'], /--backends: expected http:\/\/host:port, got/],
    [['bench', '--no-such-flag'], /unknown option/],
    [['bench', '--scenario', 'saturation', '--sweep'], /--sweep: expected .* open, got closed/],
    [['bench', '--scenario', 'one-dies', '--compare-sim'], /--compare-sim: .*without faults, got/],
    [['bench', '--subjects', 'direct', '--compare-sim'], /expected evenkeel alone, got direct/],
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

  it.each(['bench', 'chaos'])('help of %s is no error, and ends with examples', async (command) => {
    const { code, text } = await outputOf(process.stdout, () => runCli([command, '--help']));
    expect(code).toBe(0);
    expect(text).toMatch(/Examples:\n {2}pnpm /);
  });
});
