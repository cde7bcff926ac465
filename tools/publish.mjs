/**
 * Makes a package fit for publishing while it is packed. In the workspace its package.json points
 * at the TypeScript sources, so that nothing needs a build; a published package must point at
 * dist/. pnpm would swap the fields by `publishConfig`, but `npm pack` ignores those, hence:
 *
 *   prepack:  publish.mjs apply     sets aside package.json and writes the one to publish
 *   postpack: publish.mjs restore   puts it back
 *
 * npm runs no postpack when packing fails. So `apply` leaves a guard behind that puts the file
 * back as soon as npm has ended, however it ended, and every build starts with `clean`, which
 * restores as well.
 * Plain JavaScript: npm runs this on the machine's own Node.
 */

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MANIFEST = 'package.json';
/** Where the workspace's own package.json waits; `files` keeps it out of the tarball. */
const ASIDE = '.package.json.workspace';
/** Fields of publishConfig that stand for fields of the manifest itself. */
const SWAPPED = ['bin', 'exports', 'types'];
const ENCODED = { encoding: 'utf8' };
const GUARD_POLL_MS = 200;
/** However long a pack may take, a guard does not outlive this. */
const GUARD_MS_MAX = 10 * 60_000;

/** The manifest to publish: publishConfig's fields in place, nothing left of the workspace. */
function published(manifest) {
  const { publishConfig = {}, scripts: _, devDependencies: __, ...rest } = manifest;
  const kept = { ...publishConfig };
  for (const field of SWAPPED) {
    if (publishConfig[field] === undefined) continue;
    rest[field] = publishConfig[field];
    delete kept[field];
  }
  return Object.keys(kept).length === 0 ? rest : { ...rest, publishConfig: kept };
}

function restore() {
  if (existsSync(ASIDE)) renameSync(ASIDE, MANIFEST);
}

/** Before a build: nothing of an earlier one stays. */
function clean() {
  restore();
  rmSync('dist', { recursive: true, force: true });
}

function apply() {
  restore();
  const manifest = JSON.parse(readFileSync(MANIFEST, 'utf8'));
  const result = published(manifest);
  const entry = result.exports?.['.']?.default;
  if (entry === undefined || !existsSync(entry)) {
    throw new Error(`${manifest.name} is not built: run "pnpm -r build" first`);
  }
  const packer = packingProcess();
  if (packer !== undefined) startGuard(packer);
  renameSync(MANIFEST, ASIDE);
  writeFileSync(MANIFEST, `${JSON.stringify(result, null, 2)}\n`);
}

/** The nearest ancestor that is npm or pnpm; none when run by hand, or without `ps`. */
function packingProcess() {
  let pid = process.ppid;
  while (pid > 1) {
    const { stdout } = spawnSync('ps', ['-o', 'ppid=,command=', '-p', `${pid}`], ENCODED);
    const [, parent, command] = /^\s*(\d+)\s+(.*)/.exec(stdout ?? '') ?? [];
    if (/(^|[\s/])p?npm(-cli\.js|\.[cm]?js)?(\s|$)/.test(command ?? '')) return pid;
    pid = Number(parent ?? 0);
  }
  return undefined;
}

function startGuard(pid) {
  const self = fileURLToPath(import.meta.url);
  const options = { detached: true, stdio: 'ignore' };
  spawn(process.execPath, [self, 'guard', String(pid)], options).unref();
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

async function guard(pid) {
  for (let waitedMs = 0; waitedMs < GUARD_MS_MAX && isAlive(pid); waitedMs += GUARD_POLL_MS) {
    await sleep(GUARD_POLL_MS);
    if (!existsSync(ASIDE)) return;
  }
  restore();
}

const [action, argument] = process.argv.slice(2);
try {
  if (action === 'apply') apply();
  else if (action === 'restore') restore();
  else if (action === 'clean') clean();
  else if (action === 'guard') await guard(Number(argument));
  else throw new Error(`expected apply, restore or clean, got "${action ?? ''}"`);
} catch (error) {
  console.error(`publish: ${error.message}`);
  process.exitCode = 1;
}
