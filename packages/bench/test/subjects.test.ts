/** Subjects start, take requests, and leave nothing behind. */

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSubjects } from '../src/subjects/parse.ts';
import { startUnderWatchdog } from '../src/subjects/process.ts';
import type { Assignment } from '../src/subjects/subject.ts';
import { resourceUse } from '../src/subjects/usage.ts';
import { badProxy } from './support/command.ts';

const backends: Server[] = [];
let assignment: Assignment;

beforeAll(async () => {
  for (const id of ['a', 'b']) {
    const server = createServer((_, response) => response.setHeader('x-backend', id).end(id));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    backends.push(server);
  }
  const targets = backends.map((server, i) => ({
    id: `web-${i}`,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    weight: 1,
  }));
  const dir = mkdtempSync(join(tmpdir(), 'evenkeel-bench-test-'));
  assignment = { targets, strategy: 'round-robin', lb: {}, dir, accessLog: false };
});

afterAll(async () => {
  rmSync(assignment.dir, { recursive: true, force: true });
  for (const server of backends) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** Processes whose command line holds `text`. */
function processesWith(text: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}

const withProc = it.skipIf(!existsSync('/proc/self/stat'));

const EXERCISE = fileURLToPath(
  new URL('../../../exercises/10-slow-start-and-panic/starter/exercise.ts', import.meta.url),
);
const OWN_POLICIES = `policy:own:slow-start=${EXERCISE},panic=${EXERCISE}`;

describe.each(['evenkeel', 'nginx', 'haproxy', badProxy('mine', ''), OWN_POLICIES])(
  '%s',
  (list) => {
    const [subject] = parseSubjects(list);
    const missing = subject?.unavailable() ?? null;

    it.skipIf(missing !== null)('balances over the backends, and is gone after stop', async () => {
      const running = await subject!.start(assignment);
      try {
        const answers = new Set<string>();
        for (let i = 0; i < 4; i++) {
          const { body } = await request(`${running.origins[0]}/`, { reset: true });
          answers.add(await body.text());
        }
        expect(answers).toEqual(new Set(['a', 'b']));
      } finally {
        await running.stop();
      }
      // A fresh connection: an old one would tell of its own end.
      await expect(request(`${running.origins[0]}/`, { reset: true })).rejects.toThrow(
        /ECONNREFUSED/,
      );
      if (existsSync('/proc/self/stat')) expect(resourceUse(running.pid!)).toBeNull();
    });
  },
);

it('a policy that cannot be used ends the start with a line that says why', async () => {
  const [subject] = parseSubjects(`policy:own:detector=${EXERCISE}`);
  await expect(subject!.start(assignment)).rejects.toThrow(
    /own ended at once: --policy: .*exercise\.ts: the default export must make a method record/,
  );
});

describe('a process under a watchdog', () => {
  it('that does not start says why', async () => {
    const [subject] = parseSubjects('cmd:mine:echo port {port} is not mine; exit 3');
    await expect(subject!.start(assignment)).rejects.toThrow(
      /mine ended at once: port \d+ is not mine/,
    );
  });

  it('is ended by force when it does not heed a request to end', async () => {
    const child = startUnderWatchdog('/bin/sh', ['-c', "trap '' TERM; while :; do sleep 1; done"]);
    await child.stop();
    expect(child.exitedEpochMs()).not.toBeNull();
  });

  withProc('ends when whoever started it is killed', async () => {
    const mark = `evenkeel-watchdog-${process.pid}`;
    const script = `
      import { startUnderWatchdog } from '${new URL('../src/subjects/process.ts', import.meta.url).pathname}';
      startUnderWatchdog('/bin/sh', ['-c', 'echo ${mark}; sleep 1000; true']);
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: 'ignore',
    });
    while (processesWith(`echo ${mark}; sleep`).length < 2) await sleep(50);
    parent.kill('SIGKILL');
    await new Promise((resolve) => parent.once('close', resolve));
    while (processesWith(`echo ${mark}; sleep`).length > 0) await sleep(50);
  });

  withProc('tells its processor time and memory, children included', async () => {
    const child = startUnderWatchdog(process.execPath, ['-e', 'for (;;);']);
    try {
      let use = resourceUse(child.pid);
      while ((use?.cpuUs ?? 0) < 100_000) {
        await sleep(50);
        use = resourceUse(child.pid);
      }
      expect(use?.rssBytes).toBeGreaterThan(10_000_000);
    } finally {
      await child.stop();
    }
  });
});
