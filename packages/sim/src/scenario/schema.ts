/**
 * What a scenario file may hold. `docs/reference/scenarios.md` is generated from the descriptions
 * here; the parsed shape stands in types.ts.
 */

import {
  above,
  decimal,
  integer,
  list,
  mapping,
  oneOf,
  scenarioLb,
  text,
  time,
  unknownVariant,
} from '@evenkeel/config';
import { z } from 'zod';
import { BACKENDS_MAX } from './contradictions.ts';
import { faultSchema } from './fault-schema.ts';
import type {
  ActionEntry,
  FaultEntry,
  FleetEntry,
  Load,
  Scenario,
  ServiceSpec,
  Target,
} from './types.ts';

const DAY_MS = 86_400_000;

/** A name that can stand in a URL, a file name and a metric's label. */
function identifier(): z.ZodString {
  return text(
    /^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/,
    'letters, digits, dots and hyphens, at most 64, starting with a letter or digit',
  );
}

/** A few sentences for readers. */
function aboutText(): z.ZodOptional<z.ZodString> {
  return text(/^.{1,1000}$/s, 'a text of 1 to 1000 characters')
    .max(1000)
    .optional();
}

const meanMs = above().describe('Mean service time.');

/** The service time of a backend. */
export const serviceSchema: z.ZodType<ServiceSpec> = z.discriminatedUnion(
  'distribution',
  [
    mapping({
      distribution: z.literal('constant').describe('Always the mean.'),
      meanMs,
    }),
    mapping({
      distribution: z.literal('exponential').describe('Memoryless; coefficient of variation 1.'),
      meanMs,
    }),
    mapping({
      distribution: z.literal('lognormal').describe('A long tail.'),
      meanMs,
      sigma: decimal(0, 4).describe('Standard deviation of the logarithm.'),
    }),
    mapping({
      distribution: z.literal('pareto').describe('A heavy tail.'),
      meanMs,
      shape: above(1).describe('Tail index; the variance is infinite up to 2.'),
    }),
    mapping({
      distribution: z.literal('hyperexponential').describe('Two exponentials with balanced means.'),
      meanMs,
      cv: decimal(1, 100).describe('Coefficient of variation.'),
    }),
    mapping({
      distribution: z.literal('bimodal').describe('Fast or slow, nothing between.'),
      fastMs: decimal(0).describe('Service time of most requests.'),
      slowMs: above().describe('Service time of the others.'),
      slowShare: decimal(0, 1).describe('Share of the others.'),
    }),
    mapping({
      distribution: z.literal('empirical').describe('As recorded, interpolated between samples.'),
      samplesMs: list(decimal(0), 1, 100_000).describe('Recorded service times.'),
    }),
  ],
  {
    error: unknownVariant(
      [
        'constant',
        'exponential',
        'lognormal',
        'pareto',
        'hyperexponential',
        'bimodal',
        'empirical',
      ],
      'distribution',
    ),
  },
);

/** One entry of `fleet`. */
export const fleetEntrySchema: z.ZodType<FleetEntry> = mapping({
  id: identifier().describe('Id with count 1, else the stem of `id-1 … id-count`.'),
  count: integer(1, BACKENDS_MAX).default(1).describe('Number of backends like this.'),
  concurrency: integer(1, 1_000_000).default(20).describe('Requests served at once.'),
  queue: integer(0, 1_000_000_000)
    .default(1000)
    .describe('Requests that may wait; one more is answered 503.'),
  weight: above().default(1).describe('Share of traffic, for strategies that know weights.'),
  discipline: oneOf(['fifo', 'processor-sharing'])
    .default('fifo')
    .describe(
      '`processor-sharing` serves all at once, each at `concurrency`/n of the speed, and is simulated only.',
    ),
  service: serviceSchema.describe('Service time.'),
});

const loadCommon = {
  warmupMs: time(0, DAY_MS).default(500).describe('Run before anything is counted.'),
  durationMs: time(1, DAY_MS).default(4000).describe('Counted, from the end of the warm-up.'),
  timeoutMs: time(1, DAY_MS).default(5000).describe('How long a client waits for its answer.'),
  postShare: decimal(0, 1)
    .default(0)
    .describe('Share of requests that are POST, and so not idempotent.'),
  bodyBytes: integer(0, 1 << 30)
    .default(0)
    .describe('Size of the body of a POST.'),
  keys: mapping({
    count: integer(1, 1_000_000).default(1000).describe('Number of different keys.'),
    zipf: decimal(0, 10).default(0).describe('The i-th key is as frequent as i^−zipf; 0 is even.'),
  })
    .default({ count: 1000, zipf: 0 })
    .describe('Keys that the requests carry, for the strategies that hash.'),
  clientRetries: integer(0, 10)
    .default(0)
    .describe('How often a client repeats a failed request, at once.'),
};

const arrivalsSchema = z.union(
  [
    oneOf(['poisson', 'constant'])
      .transform((kind) => ({ kind }))
      .meta({ enum: ['poisson', 'constant'] }),
    mapping({
      kind: z.literal('bursty'),
      onMs: above().describe(
        'Length of a burst; the rate in it is higher, so that the mean holds.',
      ),
      offMs: above().describe('Silence between bursts.'),
    }),
  ],
  { error: 'must be poisson, constant or { kind: bursty, onMs, offMs }' },
);

const loadSchema: z.ZodType<Load> = z.discriminatedUnion(
  'kind',
  [
    mapping({
      kind: z.literal('open').describe('Requests come at a rate, whatever the answers do.'),
      arrivals: arrivalsSchema
        .default({ kind: 'poisson' })
        .describe('`poisson`, `constant` or `{ kind: bursty, onMs, offMs }`.'),
      ratePerSecond: above().optional().describe('Mean rate; give this or `fraction`.'),
      fraction: decimal(0.001, 100)
        .optional()
        .describe('Mean rate as a share of Σ count · concurrency / mean service time.'),
      ...loadCommon,
    }).refine((load) => (load.ratePerSecond === undefined) !== (load.fraction === undefined), {
      error: 'must have either ratePerSecond or fraction',
    }),
    mapping({
      kind: z
        .literal('closed')
        .describe('Each client sends its next request when it has its answer.'),
      connections: integer(1, 1_000_000).describe('Number of clients.'),
      ...loadCommon,
    }),
  ],
  { error: unknownVariant(['open', 'closed'], 'kind') },
);

const targetSchema: z.ZodType<Target> = z.union(
  [identifier(), mapping({ percent: above().max(100) })],
  { error: 'must be the id of a backend, one, all or { percent: 1–100 }' },
);

const faultEntrySchema: z.ZodType<FaultEntry> = mapping({
  atMs: time(0, DAY_MS).describe('Start, from the end of the warm-up.'),
  target: targetSchema.describe(
    'An id, `one` (drawn by the seed), `all`, or `{ percent: 30 }` (drawn by the seed).',
  ),
  fault: faultSchema.describe('What happens; see below.'),
  forMs: above()
    .optional()
    .describe('How long; without it, or beyond the end of the load, until the end of the run.'),
});

const actionEntrySchema: z.ZodType<ActionEntry> = z.union(
  [
    mapping({
      atMs: time(0, DAY_MS).describe('When, from the end of the warm-up.'),
      target: targetSchema.describe('As in `faults`.'),
      action: oneOf(['drain', 'ready']).describe(
        '`drain`: no new requests, those under way are finished; `ready`: back in service.',
      ),
    }),
    mapping({
      atMs: time(0, DAY_MS).describe('When, from the end of the warm-up.'),
      action: mapping({
        load: mapping({
          ratePerSecond: decimal(0).describe('Mean rate of an open load from then on.'),
        }),
      }).describe('A change of the load.'),
    }),
  ],
  {
    error:
      'must be { atMs, target, action: drain or ready } or { atMs, action: { load: { ratePerSecond } } }',
  },
);

const objectivesSchema = mapping({
  availability: decimal(0, 1)
    .optional()
    .describe('Smallest share of requests answered without error.'),
  p99Ms: above().optional().describe('Largest 99th percentile.'),
  recoverMs: above()
    .optional()
    .describe('End of a fault to the first of four good windows of 500 ms.'),
  detectMs: above()
    .optional()
    .describe('Start of a fault to the first such window while it lasts.'),
  amplification: decimal(1).optional().describe('Most attempts per request.'),
});

/** A whole scenario file, field by field; what fields say together is checked in contradictions.ts. */
export const scenarioSchema: z.ZodType<Scenario> = mapping({
  name: identifier().describe('As in `--scenario NAME`; the file is `scenarios/NAME.yaml`.'),
  title: text(/^.{1,120}$/s, 'a text of 1 to 120 characters')
    .max(120)
    .describe('One line for reports.'),
  question: aboutText().describe('What is to be found out, for reports.'),
  expected: aboutText().describe('What ought to happen, and why, for reports.'),
  seed: integer(0, 0xffff_ffff).default(42).describe('Everything random follows from it.'),
  fleet: list(fleetEntrySchema, 1, 1000).describe('The backends.'),
  load: loadSchema.describe('What is asked of them.'),
  faults: list(faultEntrySchema, 0, 1000).default([]).describe('What goes wrong, and when.'),
  actions: list(actionEntrySchema, 0, 1000)
    .default([])
    .describe('What an operator does, and when.'),
  objectives: objectivesSchema
    .default({})
    .describe('What is expected; a missing one is not judged.'),
  lb: scenarioLb
    .default({})
    .describe("The balancer's settings, in the keys of its configuration file."),
  sim: mapping({
    balancers: integer(1, 1000).default(1).describe('Independent balancers over the one fleet.'),
    staleMs: time(0, DAY_MS)
      .default(0)
      .describe('Strategies see requests in flight as they were up to this long ago.'),
  })
    .default({ balancers: 1, staleMs: 0 })
    .describe('What only the simulator does.'),
});
