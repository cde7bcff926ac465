/** The schema of operations: what each of their keys may hold, and what is said of a wrong value. */

import { z } from 'zod';
import { keptInRequests, keptInResponses } from './field-rules.ts';
import { integer, list, mapping, path, text, token } from './fields.ts';
import type {
  FieldValues,
  OperationsFile,
  RateLimitFile,
  RedirectFile,
  RespondFile,
  RouteOperationsFile,
} from './operation-types.ts';
import { keySource, type OptionalKeys } from './policies.ts';
import { parseRate } from './rate.ts';
import { REQUEST_VARIABLES, RESPONSE_VARIABLES, templateProblem } from './template.ts';

const optional = z.exactOptional;
const FIELD_NAME = /^[!#$%&'*+.^_`|~\w-]{1,128}$/;
const FIELD_VALUE = /^(?:[\x21-\x7e](?:[\t\x20-\x7e]{0,4094}[\x21-\x7e])?)?$/;
const VALUE_EXPECTED = 'must be visible ASCII on one line, without blanks at its ends';
const FIELDS_MAX = 100;

type Kept = (name: string) => string | undefined;

/** Names to values: each name a field that may be changed, each value with variables that there are. */
function fieldValues(
  kept: Kept,
  variables: readonly string[],
  isHostSet: boolean,
): z.ZodType<FieldValues> {
  const values = z.record(z.string(), z.unknown(), {
    error: 'must be a mapping from names of fields to values',
  });
  const check = (fields: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void => {
    const seen = new Set<string>();
    for (const [name, value] of Object.entries(fields)) {
      const message = nameProblem(name, kept, isHostSet) ?? valueProblem(name, value, variables);
      const isTwice = seen.has(name.toLowerCase());
      seen.add(name.toLowerCase());
      const told = isTwice ? 'must be named once, in one spelling' : message;
      if (told !== undefined) context.addIssue({ code: 'custom', path: [name], message: told });
    }
    if (seen.size > FIELDS_MAX) {
      context.addIssue({ code: 'custom', message: `must have at most ${FIELDS_MAX} fields` });
    }
  };
  return z.preprocess(asTexts, values.superRefine(check)) as unknown as z.ZodType<FieldValues>;
}

/** YAML reads `1` as a number and `true` as a truth value; a field's value is text. */
function asTexts(fields: unknown): unknown {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return fields;
  const entries = Object.entries(fields).map(([name, value]) => {
    const isPlain = typeof value === 'number' || typeof value === 'boolean';
    return [name, isPlain ? String(value) : value];
  });
  return Object.fromEntries(entries);
}

function nameProblem(name: string, kept: Kept, isHostSet: boolean): string | undefined {
  if (!FIELD_NAME.test(name)) return 'must be called by the name of a field';
  const why = kept(name);
  if (why !== undefined) return `must be left to the balancer, ${why}`;
  if (name.toLowerCase() === 'host' && !isHostSet) {
    return 'must be left to the balancer or set (setRequest): a request has one';
  }
  return undefined;
}

const AUTHORITY = /^(?:[\w.-]{1,255}|\[[\da-f:.]{2,45}\])(?::\d{1,5})?$/i;

function valueProblem(
  name: string,
  value: unknown,
  variables: readonly string[],
): string | undefined {
  if (typeof value !== 'string' || !FIELD_VALUE.test(value)) return VALUE_EXPECTED;
  if (name.toLowerCase() === 'host' && !AUTHORITY.test(value)) {
    return 'must be a host name with or without a port, and no variable';
  }
  return templateProblem(value, variables);
}

function removals(kept: Kept): z.ZodType<readonly string[]> {
  const name = token('the name of a field').superRefine((value, context) => {
    const message = nameProblem(value, kept, false);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
  return list(name, 0, FIELDS_MAX);
}

const RATE_EXPECTED = 'must be a rate such as 10/s, 600/m or 5/10s';
const rate = z
  .string({ error: RATE_EXPECTED })
  .refine((value) => parseRate(value) !== undefined, { error: RATE_EXPECTED });

const rateLimit: z.ZodType<RateLimitFile> = mapping({
  rate,
  burst: optional(integer(1, 1_000_000)),
  key: optional(keySource),
  clients: optional(integer(1, 10_000_000)),
});

/** Addresses and networks; each is looked at closely where it is resolved. */
const networks: z.ZodType<readonly string[]> = list(
  text(/^[\da-f:.]+(\/\d{1,3})?$/i, 'an address or a network such as 10.0.0.0/8'),
);

/** The keys of operations, to be spread into the mapping that holds them. */
export const operationKeys: OptionalKeys<OperationsFile> = {
  setRequest: optional(fieldValues(keptInRequests, REQUEST_VARIABLES, true)),
  addRequest: optional(fieldValues(keptInRequests, REQUEST_VARIABLES, false)),
  removeRequest: optional(removals(keptInRequests)),
  setResponse: optional(fieldValues(keptInResponses, RESPONSE_VARIABLES, true)),
  addResponse: optional(fieldValues(keptInResponses, RESPONSE_VARIABLES, true)),
  removeResponse: optional(removals(keptInResponses)),
  rateLimit: optional(z.union([rate, rateLimit])),
  allow: optional(networks),
  deny: optional(networks),
};

/**
 * A URL or a path. Where the host ends a path begins, so that nothing that a client sends can add to the host.
 */
const REDIRECT_TO =
  /^(?:(?:https?|\{scheme\}):\/\/(?:\{host\}|[\w.-]{1,255}|\[[\da-f:.]{2,45}\])(?::\d{1,5})?(?=$|\/|\?|\{(?:target|path)\})|\/)[\x21-\x7e]{0,2000}$/i;
const REDIRECT_EXPECTED =
  'must be https, a URL such as https://{host}{target}, or a path that starts with /';

const redirectTo = text(/^/, 'text').superRefine((value, context) => {
  const isTarget = value === 'https' || REDIRECT_TO.test(value);
  const message = isTarget ? templateProblem(value, REQUEST_VARIABLES) : REDIRECT_EXPECTED;
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

const redirect: z.ZodType<RedirectFile> = mapping({
  to: redirectTo,
  status: optional(
    z.literal([301, 302, 303, 307, 308], { error: 'must be one of 301, 302, 303, 307, 308' }),
  ),
});

/** 1xx are no answers, and a 304 stands for what the client has. */
const ANSWER_EXPECTED = 'must be a status from 200 to 599, but not 304';
const answerStatus = integer(200, 599).refine((status) => status !== 304, {
  error: ANSWER_EXPECTED,
});

const respond: z.ZodType<RespondFile> = mapping({
  status: optional(answerStatus),
  body: optional(
    z.string({ error: 'must be text' }).max(65_536, { error: 'must be at most 65536 characters' }),
  ),
  contentType: optional(text(/^[\x21-\x7e][\x20-\x7e]{2,254}$/, 'a media type such as text/html')),
});

const CUT_EXPECTED = 'true, or a path with which the prefix of the route begins';

/** What a route alone can do, beside the operations of services. */
export const routeOperationKeys: OptionalKeys<RouteOperationsFile> = {
  ...operationKeys,
  stripPrefix: optional(z.union([z.boolean(), text(/^\/[\x21-\x7e]{0,2047}$/, CUT_EXPECTED)])),
  replacePrefix: optional(path()),
  redirect: optional(z.union([redirectTo, redirect])),
  respond: optional(z.union([answerStatus, respond])),
};
