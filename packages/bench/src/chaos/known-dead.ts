/**
 * No request to a backend that has been known dead: evenkeel numbers the events of its pool, and its
 * access log says after which of them a request's last attempt started. That orders the two without
 * comparing clocks.
 */

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { BalancerEvent } from './events.ts';

/** One request, as far as it is of interest here. */
export interface AccessLine {
  /** Of the last attempt. */
  readonly backend?: string | null | undefined;
  readonly requestId?: string | null | undefined;
  /** Number of the last pool event before that attempt. */
  readonly afterEvent?: number | undefined;
}

const lineSchema: z.ZodType<AccessLine> = z.object({
  backend: z.string().nullish(),
  requestId: z.string().nullish(),
  afterEvent: z.number().optional(),
});

/** States in which an endpoint is given no request while another is ready. */
const DEAD: ReadonlySet<string> = new Set(['down', 'maintenance']);

export function readAccessLog(file: string): AccessLine[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => lineSchema.parse(JSON.parse(line)));
}

/**
 * Ids of the requests that were sent to a backend after an event that had declared it dead; null of
 * a log that does not say after which event.
 */
export function sentToKnownDead(
  lines: readonly AccessLine[],
  events: readonly BalancerEvent[],
): string[] | null {
  if (lines.every(({ afterEvent }) => afterEvent === undefined)) return null;
  const changes = new Map<string, { readonly seq: number; readonly dead: boolean }[]>();
  for (const { endpoint, poolSeq, to } of events) {
    if (endpoint === undefined || poolSeq === undefined || to === undefined) continue;
    const mine = changes.get(endpoint) ?? [];
    mine.push({ seq: poolSeq, dead: DEAD.has(to) });
    changes.set(endpoint, mine);
  }
  const wrong: string[] = [];
  for (const { backend, requestId, afterEvent } of lines) {
    if (typeof backend !== 'string' || afterEvent === undefined) continue;
    const last = changes.get(backend)?.findLast(({ seq }) => seq <= afterEvent);
    if (last?.dead === true) wrong.push(requestId ?? '?');
  }
  return wrong;
}
