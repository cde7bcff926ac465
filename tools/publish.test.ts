/**
 * What is published works outside the workspace: the public packages are packed, installed into an
 * empty folder, and there the program proxies a request and the types resolve. pnpm puts
 * `publishConfig` in place of the workspace's entries while it packs.
 */

import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'evenkeel-publish-'));
const installed = join(folder, 'installed');
afterAll(() => rmSync(folder, { recursive: true }));

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

function manifestIn(path: string): Manifest {
  return JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
}

/** Folders of the packages that are published, each after those that it depends on. */
function publicPackages(): string[] {
  const paths = readdirSync(join(ROOT, 'packages')).map((name) => join(ROOT, 'packages', name));
  const open = paths.filter((path) => manifestIn(path).private !== true);
  const ordered: string[] = [];
  while (ordered.length < open.length) {
    const isPacked = (name: string): boolean =>
      ordered.some((path) => manifestIn(path).name === name);
    const next = open.find((path) => {
      const ours = Object.keys(manifestIn(path).dependencies ?? {}).filter((name) =>
        name.startsWith('@evenkeel/'),
      );
      return !ordered.includes(path) && ours.every(isPacked);
    });
    if (next === undefined) throw new Error('a published package depends on a private one');
    ordered.push(next);
  }
  return ordered;
}

/** The pnpm that runs the tests, else the one that the README names. */
function pnpm(args: readonly string[], cwd: string): Promise<unknown> {
  const own = process.env.npm_execpath;
  const isPnpm = own !== undefined && /pnpm/.test(own);
  if (!isPnpm) return run('npx', ['-y', 'pnpm@12', ...args], { cwd });
  return /\.[cm]?js$/.test(own)
    ? run(process.execPath, [own, ...args], { cwd })
    : run(own, [...args], { cwd });
}

/** npm can reach the registry that it is configured for. */
const isOnline = spawnSync('npm', ['view', 'yaml', 'version'], { timeout: 20_000 }).status === 0;

let tarballs: string[] = [];
beforeAll(async () => {
  mkdirSync(installed);
  for (const path of publicPackages()) await pnpm(['pack', '--pack-destination', installed], path);
  tarballs = readdirSync(installed).filter((name) => name.endsWith('.tgz'));
});

test('a packed manifest names built files alone, and nothing of the workspace', async () => {
  expect(tarballs.length).toBe(publicPackages().length);
  for (const tarball of tarballs) {
    const { stdout } = await run('tar', ['-xzOf', tarball, 'package/package.json'], {
      cwd: installed,
    });
    const { bin = {}, exports = {} } = JSON.parse(stdout) as Manifest;
    expect(stdout).not.toContain('workspace:');
    const { stdout: listing } = await run('tar', ['-tzf', tarball], { cwd: installed });
    const files = new Set(listing.split('\n').map((line) => line.replace(/^package\//, './')));
    const named = JSON.stringify([bin, exports]).match(/\.\/[^"]+/g) ?? [];
    const entries = named.filter((path) => /\.(?:js|ts)$/.test(path));
    expect(entries.length).toBeGreaterThan(0);
    expect(entries.filter((path) => !path.startsWith('./dist/') || !files.has(path))).toEqual([]);
    expect([...files].filter((path) => /\.test\.|^\.\/src\//.test(path))).toEqual([]);
  }
});

describe.skipIf(!isOnline)('installed from tarballs into an empty folder', () => {
  test('the program proxies a request, and the types of both packages resolve', async () => {
    writeFileSync(join(installed, 'package.json'), '{ "type": "module", "private": true }');
    const paths = tarballs.map((name) => `./${name}`);
    await run('npm', ['install', '--no-audit', '--no-fund', ...paths], { cwd: installed });
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
    const tsc = join(ROOT, 'node_modules/.bin/tsc');
    const { stdout } = await run(tsc, ['-p', project]).catch((error) => error);
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
