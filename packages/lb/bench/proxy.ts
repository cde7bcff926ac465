/**
 * `pnpm bench:proxy`: CPU per request, requests per second and p99 of this proxy and of others, side by side.
 *
 * Each proxy runs on one core, load and backends on another. The rounds are interleaved (A B C, A B C,
 * …) and compared within each round, because a shared machine drifts by more than the differences
 * that matter. CPU per request is the figure to look at: it holds even where the load's core is
 * the bottleneck.
 */

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import { load, SCENARIOS } from './load.ts';
import { startOnCore, stop, untilListening, usageOf } from './process.ts';
import { BASE, baseIn, isInstalled, SUBJECTS, type Subject } from './subjects.ts';
import { type Measurement, toMarkdown } from './table.ts';

const LOAD_CORE = 0;
const PROXY_CORE = 1;
const CONNECTIONS = 64;
/** Long enough for the compilers of the Node subjects. */
const WARM_UP_SECONDS = 2;
const BACKENDS = 4;
/** Below the range that the kernel gives to outgoing connections. */
const FIRST_PORT = 19_100;
/** The kernel's count of CPU time is updated every tick. */
const TICK_MS = 20;

interface Options {
  readonly rounds: number;
  readonly seconds: number;
  readonly subjects: readonly string[];
  readonly against?: string;
  readonly out?: string;
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('expected an integer ≥ 1');
  return value;
}

const program = new Command('bench:proxy')
  .description('compare CPU per request, throughput and p99 with other proxies, one core each')
  .option('--rounds <n>', 'interleaved rounds', count, 5)
  .option('--seconds <n>', 'measured time per run', count, 3)
  .option('--subjects <list>', 'names, separated by commas', (text) => text.split(','), [])
  .option('--against <folder>', 'another checkout of this repository: is this one slower than it?')
  .option('--out <file>', 'write the table into this file; default: standard output')
  .addHelpText(
    'after',
    '\nExample: pnpm bench:proxy --rounds 3 --subjects evenkeel,nginx --out docs/measured.md' +
      '\n         pnpm bench:proxy --rounds 8 --subjects evenkeel --against ../before',
  );
program.parse();
await run(program.opts<Options>());

async function run(options: Options): Promise<void> {
  const missing = ['taskset', 'wrk'].filter((tool) => !isInstalled(tool));
  if (process.platform !== 'linux') missing.unshift('Linux (/proc)');
  if (missing.length > 0 || availableParallelism() < 2) {
    console.error(
      `bench:proxy needs two cores, and here are missing: ${missing.join(', ') || 'cores'}`,
    );
    process.exitCode = 2;
    return;
  }
  const mainFile = options.against && join(options.against, 'packages/lb/src/main.ts');
  if (mainFile !== undefined && !existsSync(mainFile)) {
    console.error(`--against ${options.against}: expected a checkout of this repository`);
    process.exitCode = 2;
    return;
  }
  const unknown = options.subjects.filter((name) => !SUBJECTS.some((s) => s.name === name));
  if (unknown.length > 0) {
    console.error(
      `--subjects ${unknown.join(',')}: expected some of ${SUBJECTS.map((s) => s.name).join(',')}`,
    );
    process.exitCode = 2;
    return;
  }
  const subjects = SUBJECTS.filter(
    ({ name, needs }) =>
      (options.subjects.length === 0 || options.subjects.includes(name)) &&
      (needs === undefined || isInstalled(needs)),
  );
  const { against } = options;
  if (against !== undefined) subjects.unshift(baseIn(against));
  const measurements = await measureAll(subjects, options);
  const heading = `Measured by \`pnpm bench:proxy\`: ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.versions.node}, ${CONNECTIONS} connections, ${options.rounds} rounds of ${options.seconds} s.\n`;
  const table = toMarkdown(measurements, heading, against === undefined ? 'nginx' : BASE);
  if (options.out === undefined) {
    console.log(table);
  } else {
    mkdirSync(dirname(options.out), { recursive: true });
    writeFileSync(options.out, table);
  }
}

async function measureAll(subjects: readonly Subject[], options: Options): Promise<Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-proxy-'));
  const backendPorts = Array.from({ length: BACKENDS }, (_, i) => FIRST_PORT + 1 + i);
  const file = join(import.meta.dirname, 'backend.ts');
  const backends = startOnCore(LOAD_CORE, [process.execPath, file, ...backendPorts.map(String)]);
  const measurements: Measurement[] = [];
  try {
    for (const port of backendPorts) await untilListening(port);
    for (let round = 1; round <= options.rounds; round++) {
      for (const subject of subjects) {
        const setting = {
          port: FIRST_PORT,
          backendPorts,
          folder: join(folder, `${round}-${subject.needs ?? 'node'}`),
        };
        mkdirSync(setting.folder, { recursive: true });
        for (const m of await measure(subject, setting, round, options.seconds)) {
          measurements.push(m);
          console.error(
            `round ${round}: ${m.subject}, ${m.scenario}: ${m.cpuUsPerRequest.toFixed(1)} µs CPU/request, ${Math.round(m.requestsPerSecond)}/s, p99 ${m.p99Us} µs`,
          );
        }
      }
    }
  } finally {
    await stop(backends);
    rmSync(folder, { recursive: true, force: true });
  }
  return measurements;
}

async function measure(
  subject: Subject,
  setting: { port: number; backendPorts: readonly number[]; folder: string },
  round: number,
  seconds: number,
): Promise<Measurement[]> {
  const proxy = startOnCore(PROXY_CORE, subject.command(setting));
  const measurements: Measurement[] = [];
  try {
    await untilListening(setting.port);
    for (const scenario of SCENARIOS) {
      const options = {
        core: LOAD_CORE,
        port: setting.port,
        connections: CONNECTIONS,
        folder: setting.folder,
      };
      await load(scenario, { ...options, seconds: WARM_UP_SECONDS });
      await sleep(TICK_MS);
      const before = usageOf(proxy.pid ?? 0);
      const result = await load(scenario, { ...options, seconds });
      await sleep(TICK_MS);
      const after = usageOf(proxy.pid ?? 0);
      measurements.push({
        subject: subject.name,
        scenario: scenario.name,
        round,
        cpuUsPerRequest: (after.cpuUs - before.cpuUs) / result.requests,
        requestsPerSecond: result.requests / (result.durationUs / 1e6),
        p99Us: result.p99Us,
        rssBytes: after.rssBytes,
        errors: result.errors,
      });
    }
  } finally {
    await stop(proxy);
  }
  return measurements;
}
