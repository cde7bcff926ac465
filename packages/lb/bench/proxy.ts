/**
 * `pnpm bench:proxy`: CPU per request or connection, throughput and memory of this proxy and of others, side by side.
 *
 * Each proxy runs on one core, load and backends on another. The rounds are interleaved (A B C, A B C,
 * …) and compared within each round, because a shared machine drifts by more than the differences
 * that matter. CPU per request is the figure to look at: it holds even where the load's core is
 * the bottleneck.
 */

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { HTTP } from './http.ts';
import { isInstalled, startOnCore, stop, untilListening } from './process.ts';
import { BASE, CONNECTIONS, PROXY_CORE, type Subject, type Suite } from './suite.ts';
import { type Measurement, toMarkdown } from './table.ts';
import { TCP } from './tcp/suite.ts';

const BACKENDS = 4;
/** Below the range that the kernel gives to outgoing connections. */
const FIRST_PORT = 19_100;
const SUITES: Readonly<Record<string, Suite>> = { http: HTTP, tcp: TCP };

interface Options {
  readonly mode: string;
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
  .description('compare CPU, throughput and memory with other proxies, one core each')
  .addOption(
    new Option('--mode <mode>', 'what they are used for')
      .choices(Object.keys(SUITES))
      .default('http'),
  )
  .option('--rounds <n>', 'interleaved rounds', count, 5)
  .option('--seconds <n>', 'measured time per run', count, 3)
  .option('--subjects <list>', 'names, separated by commas', (text) => text.split(','), [])
  .option('--against <folder>', 'another checkout of this repository: is this one slower than it?')
  .option('--out <file>', 'write the table into this file; default: standard output')
  .addHelpText(
    'after',
    '\nExample: pnpm bench:proxy --rounds 3 --subjects evenkeel,nginx --out docs/measured.md' +
      '\n         pnpm bench:proxy --rounds 8 --subjects evenkeel --against ../before' +
      '\n         pnpm bench:proxy --mode tcp',
  );
program.parse();
await run(program.opts<Options>());

async function run(options: Options): Promise<void> {
  const suite = SUITES[options.mode] as Suite;
  const mistake = mistakeIn(options, suite);
  if (mistake !== undefined) {
    console.error(mistake);
    process.exitCode = 2;
    return;
  }
  const { against } = options;
  const subjects = present(suite.subjects, options.subjects);
  if (against !== undefined) subjects.unshift(suite.baseIn(against));
  const measurements = await measureAll(suite, subjects, options);
  const heading = `Measured by \`pnpm bench:proxy --mode ${options.mode}\`: ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.versions.node}, ${CONNECTIONS} connections, ${options.rounds} rounds of ${options.seconds} s.\n`;
  // Where the usual one is not among them, the first stands in for it.
  const isThere = subjects.some(({ name }) => name === suite.reference);
  const usual = isThere ? suite.reference : (subjects[0]?.name ?? '');
  const reference = against === undefined ? usual : BASE;
  const table = toMarkdown(measurements, { heading, reference, columns: suite.columns });
  if (options.out === undefined) {
    console.log(table);
  } else {
    mkdirSync(dirname(options.out), { recursive: true });
    writeFileSync(options.out, table);
  }
}

/** Why it cannot be run like that. */
function mistakeIn({ subjects, against }: Options, suite: Suite): string | undefined {
  const missing = ['taskset', ...suite.tools].filter((tool) => !isInstalled(tool));
  if (process.platform !== 'linux') missing.unshift('Linux (/proc)');
  if (missing.length > 0 || availableParallelism() < 2) {
    return `bench:proxy needs two cores, and here are missing: ${missing.join(', ') || 'cores'}`;
  }
  if (against !== undefined && !existsSync(join(against, 'packages/lb/src/main.ts'))) {
    return `--against ${against}: expected a checkout of this repository`;
  }
  const names = suite.subjects.map(({ name }) => name);
  const unknown = subjects.filter((name) => !names.includes(name));
  if (unknown.length === 0) return undefined;
  return `--subjects ${unknown.join(',')}: expected some of ${names.join(',')}`;
}

/** The wanted ones that can run here; says which cannot. @param wanted empty: all */
function present(subjects: readonly Subject[], wanted: readonly string[]): Subject[] {
  return subjects.filter(({ name, needs, missing }) => {
    if (wanted.length > 0 && !wanted.includes(name)) return false;
    const isThere = needs === undefined || isInstalled(needs);
    const lack = isThere ? missing?.() : `${needs} is not installed`;
    if (lack !== undefined) console.error(`${name} is left out: ${lack}`);
    return lack === undefined;
  });
}

async function measureAll(
  suite: Suite,
  subjects: readonly Subject[],
  { rounds, seconds }: Options,
): Promise<Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-proxy-'));
  const backendPorts = Array.from({ length: BACKENDS }, (_, i) => FIRST_PORT + 1 + i);
  const backends = suite.backends(backendPorts);
  const measurements: Measurement[] = [];
  try {
    for (const port of backendPorts) await untilListening(port);
    for (let round = 1; round <= rounds; round++) {
      for (const [i, subject] of subjects.entries()) {
        const setting = { port: FIRST_PORT, backendPorts, folder: join(folder, `${round}-${i}`) };
        mkdirSync(setting.folder, { recursive: true });
        const proxy = startOnCore(PROXY_CORE, subject.command(setting));
        try {
          await untilListening(setting.port);
          const run = { subject, proxy, backends, setting, round, seconds };
          for await (const m of suite.measure(run)) {
            measurements.push({ ...m, subject: subject.name, round });
            console.error(`round ${round}: ${subject.name}, ${told(m, suite)}`);
          }
        } finally {
          await stop(proxy);
        }
      }
    }
  } finally {
    await stop(backends);
    rmSync(folder, { recursive: true, force: true });
  }
  return measurements;
}

function told(m: Pick<Measurement, 'scenario' | 'figures'>, suite: Suite): string {
  const figures = suite
    .columns(m.scenario)
    .map(({ key, title, digits }) => `${title} ${m.figures[key]?.toFixed(digits)}`);
  return `${m.scenario}: ${figures.join(', ')}`;
}
