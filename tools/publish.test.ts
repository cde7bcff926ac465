/**
 * What is published works outside the workspace: both packages are built, packed by npm, and installed
 * into an empty folder; there the program proxies a request and the types resolve.
 */

import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const PACKAGES = ['core', 'lb'] as const;
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'evenkeel-publish-'));
/** A copy: packing changes package.json for a moment, which other tests would notice. */
const workspace = join(folder, 'workspace');
const installed = join(folder, 'installed');
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => {
  const filter = (path: string): boolean => !['node_modules', 'dist'].includes(basename(path));
  for (const path of [
    'tsconfig.base.json',
    'tools',
    ...PACKAGES.map((name) => `packages/${name}`),
  ]) {
    cpSync(join(ROOT, path), join(workspace, path), { recursive: true, filter });
  }
  for (const path of ['node_modules', 'packages/lb/node_modules']) {
    symlinkSync(join(ROOT, path), join(workspace, path));
  }
  mkdirSync(installed);
});

const manifest = (name: string): string => join(workspace, 'packages', name, 'package.json');
const tsc = (...args: string[]) => run(join(ROOT, 'node_modules/.bin/tsc'), args);

/** npm can reach the registry that it is configured for. */
const isOnline = spawnSync('npm', ['view', 'yaml', 'version'], { timeout: 20_000 }).status === 0;

async function pack(name: string, ...args: string[]): Promise<unknown> {
  return run('npm', ['pack', '--silent', ...args], { cwd: dirname(manifest(name)) });
}

test('packing leaves the workspace as it was, even where it fails', async () => {
  const before = readFileSync(manifest('core'), 'utf8');
  await build('core');
  await pack('core', '--pack-destination', folder);
  expect(readFileSync(manifest('core'), 'utf8')).toBe(before);
  await expect(pack('core', '--pack-destination', join(folder, 'no', 'such'))).rejects.toThrow();
  const aside = join(workspace, 'packages/core/.package.json.workspace');
  while (existsSync(aside)) await new Promise((done) => setTimeout(done, 20));
  expect(readFileSync(manifest('core'), 'utf8')).toBe(before);
});

async function build(name: string): Promise<void> {
  const cwd = dirname(manifest(name));
  await run(process.execPath, [join(workspace, 'tools/publish.mjs'), 'clean'], { cwd });
  await tsc('-p', join(cwd, 'tsconfig.build.json'));
}

describe.skipIf(!isOnline)('installed from tarballs into an empty folder', () => {
  test('the program proxies a request, and the types of both packages resolve', async () => {
    for (const name of PACKAGES) {
      await build(name);
      await pack(name, '--pack-destination', installed);
    }
    writeFileSync(join(installed, 'package.json'), '{ "type": "module", "private": true }');
    const tarballs = PACKAGES.map((name) => `./evenkeel-${name}-0.1.0.tgz`);
    await run('npm', ['install', '--no-audit', '--no-fund', ...tarballs], { cwd: installed });
    await serveOneRequest(join(installed, 'node_modules/.bin/evenkeel'));

    const consumer = join(installed, 'consumer.ts');
    writeFileSync(
      consumer,
      `import { powerOfTwo } from '@evenkeel/core';
import { createLoadBalancer, type LoadBalancer } from '@evenkeel/lb';
export const balancer: LoadBalancer = createLoadBalancer({ backends: [{ url: 'http://a:1' }] });
export const wrong: number = powerOfTwo;
`,
    );
    const compilerOptions = { module: 'nodenext', target: 'es2024', strict: true, noEmit: true };
    const options = { ...compilerOptions, types: [], skipLibCheck: true };
    const project = join(installed, 'tsconfig.json');
    writeFileSync(project, JSON.stringify({ compilerOptions: options, files: ['consumer.ts'] }));
    const { stdout } = await tsc('-p', project).catch((error) => error);
    expect(stdout.match(/error TS\d+/g)).toEqual(['error TS2322']);
    expect(stdout).toContain('consumer.ts(4,14)');
  });
});

async function serveOneRequest(program: string): Promise<void> {
  const backend = createServer((_request, response) => response.end('hello')).listen(
    0,
    '127.0.0.1',
  );
  await once(backend, 'listening');
  const { port } = backend.address() as AddressInfo;
  const args = ['--port', '0', '--backends', `http://127.0.0.1:${port}`, '--log-level', 'silent'];
  // The pinned Node, whatever `env node` would find.
  const child = spawn(process.execPath, [program, ...args]);
  const [line] = await once(child.stdout, 'data');
  const url = /http:\/\/\S+/.exec(String(line))?.[0] ?? '';
  const response = await fetch(url, { headers: { connection: 'close' } });
  expect(await response.text()).toBe('hello');
  child.kill('SIGTERM');
  expect(await once(child, 'close')).toEqual([0, null]);
  backend.close();
}
