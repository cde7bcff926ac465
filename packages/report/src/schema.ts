/**
 * Checks a results.json against the contract in results.ts, so that a report is never drawn from a
 * file that says something else than it seems to. The annotation on `resultsSchema` makes the
 * compiler hold the two files together.
 */

import { z } from 'zod';
import { DIFFERENCES_SCHEMA } from './differences.ts';
import { ResultsError } from './errors.ts';
import { accountedFor } from './laws.ts';
import { ERROR_CAUSES, METRICS, RESULTS_SCHEMA, type Results, TIMES_OF } from './results.ts';

const count = z.int().nonnegative();
const ms = z.number().nonnegative();
const share = z.number().min(0).max(1);
const name = z.string().min(1);
const status = z.enum(['pass', 'fail', 'unknown']);

const environment = z
  .object({
    node: z.string(),
    os: z.string(),
    arch: z.string(),
    cpuModel: z.string(),
    cores: z.number().positive(),
    memoryBytes: count,
  })
  .catchall(z.union([z.string(), z.number(), z.boolean(), z.null()]));

const scenario = z.looseObject({
  name,
  title: z.string(),
  fleet: z.array(
    z.looseObject({
      id: name,
      count: z.int().positive(),
      concurrency: z.int().positive(),
      weight: z.number().positive().optional(),
      service: z.record(z.string(), z.unknown()),
    }),
  ),
  load: z.record(z.string(), z.unknown()),
});

const requests = z
  .object({
    sent: count,
    ok: count,
    errors: z.record(z.enum(ERROR_CAUSES), count),
    lost: count,
  })
  .refine((counts) => counts.sent === accountedFor(counts), {
    error: 'expected sent = ok + sum of errors + lost',
  });

const latency = z.object({
  mean: ms.nullable(),
  p50: ms.nullable(),
  p90: ms.nullable(),
  p99: ms.nullable(),
  p999: ms.nullable(),
  max: ms.nullable(),
});

const timelineWindow = z.object({
  tMs: z.number(),
  n: count,
  ok: count,
  errors: count,
  p50: ms.nullable(),
  p90: ms.nullable(),
  p99: ms.nullable(),
  max: ms.nullable(),
  spread: z.array(count).max(100).optional(),
});

const faultBand = z.object({
  kind: name,
  target: z.string(),
  startMs: z.number(),
  endMs: z.number().nullable(),
});

const objective = z.object({
  name,
  limit: z.number(),
  measured: z.number().nullable(),
  verdict: status,
  note: z.string().optional(),
});

/** As many windows as a time line may have. */
const perWindow = <T extends z.ZodType>(figure: T) => z.array(figure).max(1_000);

const backendLoad = z.object({
  requests: perWindow(count),
  inFlight: perWindow(z.number().nonnegative()),
  queued: perWindow(z.number().nonnegative()),
});

const backendCounts = z.object({
  id: name,
  requests: count,
  share,
  peakInFlight: count.nullable(),
  load: backendLoad.optional(),
});

const generatorFigures = z.object({
  plannedRate: z.number().nonnegative().nullable(),
  achievedRate: z.number().nonnegative(),
  latenessP99Ms: ms.nullable(),
  loopLagP99Ms: ms,
  cpu: z.number().nonnegative(),
});
const generator = generatorFigures.extend({
  processes: z.array(generatorFigures.extend({ sent: count })).optional(),
});

const run = z
  .object({
    scenario: name,
    subject: name,
    strategy: name,
    sweepLoad: z.number().positive().optional(),
    round: z.int().positive(),
    order: z.int().positive(),
    seed: count,
    startedMs: ms,
    valid: z.boolean(),
    void: name.optional(),
    requests,
    attempts: count.nullable(),
    retries: count.nullable(),
    attemptsAtLeast: z.boolean().optional(),
    posts: count.optional(),
    servedTwice: count.nullable(),
    latencyMs: latency,
    histogram: z.string().nullable(),
    queueing: z.object({ latencyMs: latency, histogram: z.string().nullable() }).optional(),
    throughput: z.number().nonnegative(),
    timeline: z.array(timelineWindow),
    faults: z.array(faultBand),
    objectives: z.array(objective),
    detectMs: ms.nullable(),
    neverOut: z.boolean().optional(),
    recoverMs: ms.nullable(),
    backends: z.array(backendCounts),
    generator: generator.nullable(),
    cpuUsPerRequest: z.number().nonnegative().nullable(),
    rssBytes: count.nullable(),
  })
  .refine((one) => one.valid === (one.void === undefined), {
    error: 'expected a reason in void exactly when valid is false',
  });

const comparison = z.object({
  scenario: name,
  metric: z.enum(METRICS),
  wanted: z.enum(METRICS).optional(),
  of: z.enum(TIMES_OF).optional(),
  a: name,
  b: name,
  ratio: z.number().positive().nullable(),
  low: z.number().nonnegative().nullable(),
  high: z.number().nonnegative().nullable(),
  adjustedLow: z.number().nonnegative().nullable().optional(),
  adjustedHigh: z.number().nonnegative().nullable().optional(),
  answered: z.object({ a: share.nullable(), b: share.nullable() }).optional(),
  reason: name.optional(),
  roundsForTenPercent: count.nullable().optional(),
  n: count,
  adjustedP: share.nullable(),
  verdict: z.enum(['a', 'b', 'tie', 'unresolved']),
  detectable: z.number().nonnegative().nullable(),
});

const sweep = z.object({
  title: z.string(),
  unit: z.enum(['service', 'ms']),
  servers: z.int().positive(),
  live: z.boolean().optional(),
  points: z.array(
    z.object({
      subject: name.optional(),
      strategy: name,
      load: z.number().positive(),
      mean: z.number().nonnegative(),
      meanInterval: z.tuple([z.number(), z.number()]).nullable(),
      p99: z.number().nonnegative().nullable(),
      answered: share.nullable().optional(),
    }),
  ),
  theory: z.array(
    z.object({
      name,
      strategy: name.nullable(),
      points: z.array(z.object({ load: z.number().positive(), mean: z.number().nonnegative() })),
    }),
  ),
});

const side = z.object({
  startedAt: z.string(),
  commit: z.string().nullable(),
  machine: z.string(),
  command: z.string(),
});

const differences = z.object({
  schema: z.literal(DIFFERENCES_SCHEMA),
  margin: z.number().positive(),
  before: side,
  now: side,
  differences: z.array(
    z.object({
      scenario: name,
      metric: z.enum([...METRICS, 'answered']),
      arm: name,
      against: name.nullable(),
      before: ms.nullable(),
      now: ms.nullable(),
      change: ms.nullable(),
      low: ms.nullable(),
      high: ms.nullable(),
      rounds: z.object({ before: count, now: count }),
      verdict: z.enum(['worse', 'better', 'same', 'unresolved']),
      reason: z.string().optional(),
    }),
  ),
  notes: z.array(z.string()),
});

/** The zod schema of `evenkeel.results/1`. */
export const resultsSchema: z.ZodType<Results> = z.object({
  schema: z.literal(RESULTS_SCHEMA),
  kind: z.enum(['bench', 'chaos', 'sim']),
  startedAt: z.iso.datetime(),
  environment,
  git: z.object({ commit: name, dirty: z.boolean() }).nullable(),
  seed: count,
  command: z.string(),
  scenarios: z.array(scenario),
  runs: z.array(run),
  comparisons: z.array(comparison),
  sweeps: z.array(sweep).optional(),
  absent: z.array(z.object({ scenario: name, arm: name, reason: z.string() })).optional(),
  interrupted: z.boolean().optional(),
  differences: differences.optional(),
  verdict: z.object({ status, text: z.string() }),
});

const SHOWN_LENGTH = 60;

/**
 * Checks a value parsed from JSON; throws a `ResultsError` that names the first wrong field. Gives back
 * the value itself and not a copy of the known keys, so that what a newer writer added is kept.
 */
export function parseResults(value: unknown): Results {
  const parsed = resultsSchema.safeParse(value);
  if (parsed.success) return value as Results;
  const issue = parsed.error.issues[0];
  const path = issue?.path ?? [];
  const field = path.length === 0 ? 'results' : pathOf(path);
  const found = JSON.stringify(valueAt(value, path)) ?? 'nothing';
  const shown = found.length > SHOWN_LENGTH ? `${found.slice(0, SHOWN_LENGTH)}…` : found;
  throw new ResultsError(`${field}: ${issue?.message ?? 'invalid'}, found ${shown}`);
}

function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    value,
  );
}
