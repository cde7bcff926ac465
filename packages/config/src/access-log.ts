/** The keys of the access log: where it goes, what a line looks like, and how many there are. */

import { z } from 'zod';
import { decimal, mapping, nonEmpty, normalizedOff } from './fields.ts';
import { parseTemplate, templateProblem } from './template.ts';
import type { AccessLogFile } from './types.ts';

/** What a line can say, by the names of its JSON form. */
export const LOG_VARIABLES = [
  'time',
  'client',
  'peer',
  'method',
  'target',
  'host',
  'version',
  'status',
  'bytes',
  'requestBytes',
  'responseBytes',
  'ms',
  'queueMs',
  'firstByteMs',
  'service',
  'backend',
  'attempts',
  'tries',
  'end',
  'reason',
  'userAgent',
  'referer',
  'requestId',
  'traceId',
  'afterEvent',
] as const;

export type LogVariable = (typeof LOG_VARIABLES)[number];

/** Formats by name; any other is a template. */
export const LOG_LINE_FORMATS = ['json', 'combined'] as const;

const FORMAT_EXPECTED = `must be json, combined or a text with variables such as {status}`;

function formatProblem(format: string): string | undefined {
  if (LOG_LINE_FORMATS.some((name) => name === format)) return undefined;
  if (/[\r\n]/.test(format)) return 'must be one line';
  const unknown = templateProblem(format, LOG_VARIABLES);
  if (unknown !== undefined) return unknown;
  const hasVariable = parseTemplate(format, LOG_VARIABLES).some(({ variable }) => variable);
  return hasVariable ? undefined : FORMAT_EXPECTED;
}

const format = z
  .string({ error: FORMAT_EXPECTED })
  .refine((text) => formatProblem(text) === undefined, {
    error: ({ input }) => formatProblem(String(input)) ?? FORMAT_EXPECTED,
  });

const optional = z.exactOptional;

/** `true` is what the bare flag says: standard output. A file's name alone is short for `{ file }`. */
export const accessLog: z.ZodType<string | AccessLogFile> = z.preprocess(
  (value) => (value === true || value === 'on' ? '-' : normalizedOff(value)),
  z.union([
    nonEmpty('a file name, - for standard output, or off'),
    mapping({
      file: optional(nonEmpty('a file name, or - for standard output')),
      format: optional(format),
      sample: optional(decimal(0, 1)),
    }),
  ]),
);
