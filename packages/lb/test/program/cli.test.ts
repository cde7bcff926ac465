/** What the command line says to input that it cannot use: one line, exit 2 (1 at run time), no stack. */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { Folder, freePort, type Run, run } from './support.ts';

const MANIFEST = join(import.meta.dirname, '../../package.json');
const URL = 'http://127.0.0.1:9001';
const folder = new Folder();
afterAll(() => folder.remove());

function expectOneLine({ exitCode, stdout, stderr }: Run, code: number, line: RegExp): void {
  expect(stderr).toMatch(line);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stdout).toBe('');
  expect(exitCode).toBe(code);
}

/** The command line within this process: for runs that end before anything is started. */
async function runHere(args: readonly string[], environment = {}): Promise<Run> {
  const output = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof output) => ({
    write: (text: string) => {
      output[name] += text;
    },
  });
  const streams = { stdout: stream('stdout'), stderr: stream('stderr') };
  return { exitCode: await runCli({ args, environment, ...streams }), ...output };
}

describe('a wrong flag, value or URL ends with exit code 2 and one line that names it', () => {
  const cases: [args: string[], line: RegExp][] = [
    [['--prot', '1'], /^evenkeel: unknown option '--prot' \(Did you mean --port\?\)$/m],
    [['chekc'], /^evenkeel: there is no command "chekc": did you mean "check"\?$/m],
    [['extra'], /^evenkeel: there is no command "extra": the commands are serve, check, /],
    [['serve', 'extra'], /^evenkeel: too many arguments/],
    [['--port'], /^evenkeel: option '--port <n>' argument missing$/m],
    [['--port', 'x'], /^--port must be an integer from 0 to 65535, got "x"$/m],
    [['--port', '65536'], /^--port must be an integer from 0 to 65535, got 65536$/m],
    [[], /^config: backends must name at least one backend/],
    [['--backends', ' ; , '], /^--backends must name at least one backend/],
    [
      ['--backends', 'nonsense'],
      /^--backends\[0\] must be http:\/\/host:port, .* got "nonsense"$/m,
    ],
    [['--backends', `${URL};https://a:1`], /^--backends\[1\] must be http:\/\/host:port .*TLS/],
    [['--backends', `${URL}/path`], /^--backends\[0\] must be http:\/\/host:port .*path/],
    [['--backends', 'http://u:p@a:1'], /^--backends\[0\] must be http:\/\/host:port .*credentials/],
    [['--backends', `${URL},${URL}`], /^--backends\[1\] id must be unique: backends\[0\] has it/],
    [
      ['--backend', `${URL} wieght=3`],
      /^--backend\[0\] wieght is not known: did you mean "weight"/,
    ],
    [['--backend', `${URL} weight=0`], /^--backend\[0\] weight must be a number/],
    [['--backend', `${URL} weight`], /^--backend must be URL \[key=value …\], got "weight"/],
    [
      ['--backends', URL, '--strategy', 'least-conections'],
      /^--strategy: did you mean "least-connections"\? It must be one of round-robin, .*got "least-conections"$/m,
    ],
    [['--health', 'ping'], /^--health must be one of tcp, http, off, got "ping"$/m],
    [['--health', 'tcp', '--health-path', '/h'], /^--health-path needs --health http/],
    [['--health-path', 'h'], /^--health-path must be a path that starts with \/, got "h"$/m],
    [['--mode', 'udp'], /^--mode must be one of http, tcp, got "udp"$/m],
    [
      ['--mode', 'tcp', '--backends', URL],
      /^--backends\[0\] must be tcp:\/\/host:port, .* in tcp mode, got "http:\/\/127\.0\.0\.1:9001"$/m,
    ],
    [['--admin', 'x:y', '--backends', URL], /^--admin must be \[HOST:\]PORT, got "x:y"$/m],
    [['--admin', '0.0.0.0:1', '--backends', URL], /^config: admin\.token must be set/],
    [['--drain-timeout', '-1'], /^--drain-timeout must be milliseconds from 0/],
    [['--shutdown-delay', 'soon'], /^--shutdown-delay must be milliseconds from 0 .*got "soon"$/m],
    [['--log-level', 'loud'], /^--log-level must be one of fatal, error/],
    [['--log-format', 'xml'], /^--log-format must be one of pretty, json, got "xml"$/m],
    [['-prot', '1'], /^evenkeel: unknown option '-prot'/],
    [['--config', '/no/such.yaml'], /^config: cannot read \/no\/such\.yaml: no such file$/m],
    [['check'], /^evenkeel: required option '--config <file>' not specified$/m],
  ];
  test.for(cases)('%j', async ([args, line]) => {
    expectOneLine(await runHere(args), 2, line);
  });

  test('as a process, too', async () => {
    expectOneLine(await run(['--prot', '1']), 2, /^evenkeel: unknown option '--prot'/m);
    expectOneLine(await run(['--backends', 'a']), 2, /^--backends\[0\] must be http:\/\/host/m);
  });

  test('the environment is named like a flag', async () => {
    expectOneLine(
      await runHere([], { PORT: 'http' }),
      2,
      /^PORT must be an integer .* got "http"$/m,
    );
    expectOneLine(
      await runHere([], { BACKENDS: 'a' }),
      2,
      /^BACKENDS\[0\] must be http:\/\/host:port/,
    );
  });

  test('a file that cannot be used is told by field, value and expectation', async () => {
    const file = folder.write('wrong.yaml', `backends:\n  - url: ${URL}\n  - url: https://a:1\n`);
    const line =
      /wrong\.yaml:3:5: backends\[1\]\.url must be http:\/\/host:port .*got "https:\/\/a:1"$/m;
    expectOneLine(await runHere(['--config', file]), 2, line);
    expectOneLine(await runHere(['check', '--config', file]), 2, line);
  });

  test('a file that is not YAML is told by its line', async () => {
    const file = folder.write('broken.yaml', 'backends:\n  - url: "http://a:1\n');
    expectOneLine(await runHere(['--config', file]), 2, /broken\.yaml:\d+:\d+: not valid YAML/);
  });
});

describe('what the system refuses ends with exit code 1 and one line', () => {
  test('a port in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const args = ['--port', String(port), '--backends', URL, '--log-level', 'silent'];
    const line = new RegExp(
      `^evenkeel: cannot listen on 127.0.0.1:${port}: address already in use$`,
      'm',
    );
    expectOneLine(await run(args), 1, line);
    const admin = [
      '--port',
      '0',
      '--backends',
      URL,
      '--log-level',
      'silent',
      '--admin',
      String(port),
    ];
    expectOneLine(await run(admin), 1, line);
    taken.close();
  });

  test('an access log that cannot be written', async () => {
    const args = ['--port', '0', '--backends', URL, '--access-log', '/no/such/file'];
    expectOneLine(
      await run(args),
      1,
      /^evenkeel: cannot open \/no\/such\/file: no such directory$/m,
    );
  });
});

describe('what is asked for is printed on standard output', () => {
  test('help, with an example, for each command', async () => {
    for (const args of [
      ['--help'],
      ['serve', '--help'],
      ['check', '--help'],
      ['strategies', '--help'],
    ]) {
      const { exitCode, stdout } = await runHere(args);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^Examples?:\n {2}evenkeel /m);
    }
  });

  test('all strategies, one line each', async () => {
    const { exitCode, stdout } = await runHere(['strategies']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^round-robin +\w/m);
    expect(stdout).toMatch(/^power-of-two +\w/m);
  });

  test('a configuration that can be used', async () => {
    const file = folder.write('right.yaml', { backends: [{ url: URL, weight: 3, backup: true }] });
    const { exitCode, stdout } = await runHere(['check', '--config', file]);
    expect(stdout).toBe(`${file} is valid, 1 backend\n`);
    expect(exitCode).toBe(0);
  });

  test('the version', async () => {
    const { version } = JSON.parse(readFileSync(MANIFEST, 'utf8')) as { version: string };
    expect(await runHere(['--version'])).toEqual({
      exitCode: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
  });
});

describe('check says all that a start would say', () => {
  test('every error, by line and column', async () => {
    const file = folder.write(
      'many.yaml',
      `backends:\n  - ${URL}\n  - ${URL}\nhealth: { type: tcp, path: /h }\nretries: { classic: true, tries: 2 }\n`,
    );
    const { exitCode, stdout, stderr } = await runHere(['check', '--config', file]);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(
      stderr
        .split('\n')
        .map((line) => line.replace(/^.*many\.yaml/, '').slice(0, 30))
        .sort(),
    ).toEqual([
      '',
      ':3:5: backends[1].id must be u',
      ':4:22: health.path must be lef',
      ':5:27: retries.tries must be l',
    ]);
    const start = await runHere(['--config', file]);
    expectOneLine(start, 2, / \(and 2 more: see evenkeel check\)$/m);
  });

  test('every warning; a file with warnings can be used', async () => {
    const backends = [{ url: URL, weight: 2 }, 'http://127.0.0.1:9002'];
    const file = folder.write('doubtful.yaml', { backends, strategy: 'rr' });
    const { exitCode, stdout, stderr } = await runHere(['check', '--config', file]);
    expect(stderr).toMatch(
      /^warning: .*doubtful\.yaml:1:\d+: strategy is round-robin, which ignores/,
    );
    expect(stdout).toBe(`${file} is valid, 2 backends\n`);
    expect(exitCode).toBe(0);
  });

  test('what the flags would make of it', async () => {
    const file = folder.write('small.yaml', { backends: [URL] });
    const args = ['check', '--config', file, '--strategy', 'nonsense'];
    expectOneLine(await runHere(args), 2, /^--strategy must be one of /);
  });
});

test('a single dash before a long flag is read as two, with a hint', async () => {
  const args = ['-backends', URL, '-port', '70000'];
  const { exitCode, stderr } = await runHere(args);
  expect(exitCode).toBe(2);
  expect(stderr.split('\n')).toEqual([
    'evenkeel: -backends is read as --backends',
    'evenkeel: -port is read as --port',
    '--port must be an integer from 0 to 65535, got 70000',
    '',
  ]);
});

test('times carry units, and no credentials are repeated', async () => {
  const args = ['--backends', URL, '--drain-timeout', '2 weeks'];
  expectOneLine(
    await runHere(args),
    2,
    /^--drain-timeout must be milliseconds .* such as 500ms or 30s, got "2 weeks"$/m,
  );
  const { stderr } = await runHere(['--backends', 'http://joe:hunter2@a:1']);
  expect(stderr).not.toContain('hunter2');
  expect((await runHere([], { BACKENDS: URL, ADMIN_TOKEN: 'hunter2' })).stderr).toBe(
    'ADMIN_TOKEN must be at least 8 visible characters\n',
  );
});

test('flags win over the file, the file over the environment', async () => {
  const port = await freePort();
  const file = folder.write('layers.json', { listen: { port }, backends: [{ url: URL }] });
  const taken = createServer().listen(port, '127.0.0.1');
  await once(taken, 'listening');
  const inUse = new RegExp(`^evenkeel: cannot listen on 127.0.0.1:${port}:`, 'm');
  const quiet = ['--log-level', 'silent'];
  expectOneLine(await run(['--config', file, ...quiet], { PORT: '0' }), 1, inUse);
  const other = ['--config', file, '--port', String(port + 70_000), ...quiet];
  expectOneLine(await runHere(other), 2, /^--port must be an integer/);
  taken.close();
});
