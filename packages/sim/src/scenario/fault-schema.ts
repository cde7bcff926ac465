/** What a fault may be: the kinds of the fleet's control API, each with its own settings. */

import { above, decimal, integer, mapping, oneOf, time, unknownVariant } from '@evenkeel/config';
import { z } from 'zod';
import type { Fault, FaultKind } from './types.ts';

const DAY_MS = 86_400_000;
const rate = decimal(0, 1)
  .default(1)
  .describe('Share of requests hit, the same ones whatever the strategy.');
const status = (standard: number): z.ZodDefault<z.ZodNumber> =>
  integer(200, 599).default(standard).describe('Status answered.');

const faults = [
  mapping({
    kind: z.literal('latency').describe('Waits before the request joins the queue.'),
    rate,
    latencyMs: time(0, DAY_MS).describe(
      'Added delay: its least value, or its mean if exponential.',
    ),
    jitterMs: time(0, DAY_MS).default(0).describe('With `uniform`: up to this much more.'),
    distribution: oneOf(['uniform', 'exponential'])
      .default('uniform')
      .describe('Of the added delay.'),
  }),
  mapping({
    kind: z.literal('error').describe('Answers an error after doing the work.'),
    rate,
    status: status(500),
    body: z.string({ error: 'must be a text' }).default('').describe('Body answered.'),
  }),
  mapping({
    kind: z
      .literal('failFirst')
      .describe(
        'Answers an error at once to the first n requests since it was set or the process started.',
      ),
    rate,
    n: integer(1, 1_000_000_000).describe('How many.'),
    status: status(503),
  }),
  mapping({
    kind: z.literal('reset').describe('Closes the connection by RST.'),
    rate,
    when: oneOf(['before-head', 'mid-body'])
      .default('before-head')
      .describe('Nothing answered yet, or half an answer.'),
  }),
  mapping({
    kind: z.literal('blackhole').describe('Accepts and never answers, probes included.'),
    rate,
  }),
  mapping({ kind: z.literal('refuse').describe('Refuses connections, probes included.'), rate }),
  mapping({
    kind: z.literal('bandwidth').describe('Trickles the answer.'),
    rate,
    bytesPerSecond: above().describe('Its speed.'),
  }),
  mapping({
    kind: z.literal('slowClose').describe('Keeps the connection open after the answer.'),
    rate,
    delayMs: time(0, DAY_MS).describe('How long.'),
  }),
  mapping({
    kind: z.literal('truncate').describe('Cuts the body short.'),
    rate,
    bytes: integer(0, 1 << 30)
      .default(1)
      .describe('Bytes sent of it.'),
  }),
  mapping({ kind: z.literal('garbage').describe('Answers what is not HTTP.'), rate }),
  mapping({
    kind: z.literal('healthLie').describe('Answers probes with this status, whatever the truth.'),
    rate,
    status: status(200),
  }),
  mapping({
    kind: z.literal('fastError').describe('Answers an error at once, without work: the sinkhole.'),
    rate,
    status: status(503),
  }),
  mapping({
    kind: z.literal('leak').describe('Slower with each request served, until restarted.'),
    rate,
    msPerRequest: above().describe('Service time added by each.'),
  }),
  mapping({ kind: z.literal('kill').describe('SIGKILL; started again when the fault ends.') }),
  mapping({ kind: z.literal('freeze').describe('SIGSTOP; SIGCONT when the fault ends.') }),
  mapping({
    kind: z
      .literal('restart')
      .describe('Stops gracefully, and starts again after forMs (at once without it).'),
  }),
] as const;

/** Every kind, in the order of the reference. */
export const FAULT_KINDS: readonly FaultKind[] = faults.map((fault) => fault.shape.kind.value);

/** One fault, told apart by `kind`. */
export const faultSchema: z.ZodType<Fault> = z.discriminatedUnion('kind', faults, {
  error: unknownVariant(FAULT_KINDS, 'kind'),
});
