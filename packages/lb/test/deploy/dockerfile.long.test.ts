/** The Dockerfile's own commands in empty folders, where no Docker is at hand: what they make starts as the image does. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backend, freePort, startBackend, until } from '../program/support.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');
const NOBODY = 65_534;
/** Another user has to be able to run this Node. */
const asNobody =
  process.getuid?.() === 0 &&
  spawnSync(process.execPath, ['--version'], { uid: NOBODY, gid: NOBODY }).status === 0;
const isOnline = spawnSync('npm', ['view', 'yaml', 'version'], { timeout: 20_000 }).status === 0;
const stages = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n/g, ' ')
  .split(/^FROM .*$/m)
  .slice(1);

/** What follows an instruction of a stage, the first time that it is there. */
function instruction(stage: string | undefined, name: string): string {
  return new RegExp(`^${name}\\s+(.*)$`, 'm').exec(stage ?? '')?.[1] ?? '';
}

let backend: Backend;
let folder: string;

beforeAll(async () => {
  backend = await startBackend('a');
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-image-'));
  chmodSync(folder, 0o755);
});

afterAll(async () => {
  await backend.stop();
  spawnSync('chmod', ['-R', 'u+w', folder]);
  rmSync(folder, { recursive: true });
});

/** The paths of the image are below the folder. */
const here = (text: string): string =>
  text.replace(/(?<=^|[\s=])\/(src|packed|app)\b/g, `${folder}/$1`);

test.skipIf(!isOnline)(
  'it builds from a checkout, and serves without rights where it can write nothing (skipped offline)',
  {
    timeout: 900_000,
  },
  async () => {
    const [build, image] = stages;
    const source = join(folder, 'src');
    const { stdout } = spawnSync('git', ['ls-files', '-z'], { cwd: ROOT, maxBuffer: 1e8 });
    for (const file of String(stdout).split('\0').slice(0, -1)) {
      mkdirSync(dirname(join(source, file)), { recursive: true });
      cpSync(join(ROOT, file), join(source, file));
    }
    expect(instruction(build, 'WORKDIR')).toBe('/src');
    expect(instruction(build, 'COPY')).toBe('. .');
    // What the machine's own npm needs to reach its registry is at home.
    const { PATH, HOME } = process.env;
    const env = { PATH: `${dirname(process.execPath)}:${PATH}`, HOME, CI: '1' };
    const run = ['-ec', here(instruction(build, 'RUN'))];
    const built = spawnSync('sh', run, { cwd: source, env, encoding: 'utf8', maxBuffer: 1e8 });
    expect(`${built.stdout}${built.stderr}`.slice(-2000)).not.toMatch(/ERR/);
    expect(built.status).toBe(0);
    // The last stage has nothing but this.
    expect(instruction(image, 'COPY')).toBe('--from=build /app /app');
    rmSync(source, { recursive: true });
    spawnSync('chmod', ['-R', 'a-w', join(folder, 'app')]);

    const [port, adminPort] = [await freePort(), await freePort()];
    const variables = Object.fromEntries(
      [...instruction(image, 'ENV').matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [
        name,
        value,
      ]),
    );
    const entry = JSON.parse(
      here(instruction(image, 'ENTRYPOINT').replaceAll('"/', '" /')),
    ) as string[];
    const [, ...args] = entry.map((part) => part.trim());
    const user = asNobody ? { uid: NOBODY, gid: NOBODY } : {};
    const child = spawn(process.execPath, args, {
      cwd: join(folder, 'app'),
      env: {
        ...variables,
        BACKENDS: backend.url,
        PORT: String(port),
        ADMIN: `127.0.0.1:${adminPort}`,
      },
      ...user,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        output += text;
      });
    }
    await until(() => output.includes('evenkeel listening on') || child.exitCode !== null, output);
    expect(output).toContain(`evenkeel listening on http://0.0.0.0:${port}`);
    const headers = { connection: 'close' };
    expect(await (await fetch(`http://127.0.0.1:${port}`, { headers })).text()).toBe('a');
    const [, check = '[]'] = /CMD (\[.*\])$/m.exec(image ?? '') ?? [];
    const [, flag = '', code = ''] = JSON.parse(check) as string[];
    const health = spawnSync(process.execPath, [flag, code.replace('9900', String(adminPort))]);
    expect(health.status).toBe(0);
    child.kill(instruction(image, 'STOPSIGNAL') as NodeJS.Signals);
    expect(await once(child, 'close')).toEqual([0, null]);
  },
);
