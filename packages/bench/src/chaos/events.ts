/** Follows evenkeel's event log (`GET /events`, server-sent) while a run goes on. */

import { createParser } from 'eventsource-parser';
import { request } from 'undici';
import { z } from 'zod';

/** One event, as far as it is of interest here. */
export interface BalancerEvent {
  /** The order of all events. */
  readonly seq: number;
  readonly epochMs: number;
  readonly type: string;
  /** The order within the service's pool, which the access log refers to. */
  readonly poolSeq?: number | undefined;
  readonly endpoint?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly reason: string;
}

const eventSchema: z.ZodType<BalancerEvent> = z.object({
  seq: z.number(),
  epochMs: z.number(),
  type: z.string(),
  poolSeq: z.number().optional(),
  endpoint: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  reason: z.string(),
});

export interface EventFollower extends AsyncDisposable {
  /** So far, in their order. */
  readonly events: readonly BalancerEvent[];
}

/** Connects to `adminUrl`; resolves once the stream is open. */
export async function followEvents(
  adminUrl: string,
  onEvent: (event: BalancerEvent) => void = () => {},
): Promise<EventFollower> {
  const stop = new AbortController();
  const { body } = await request(`${adminUrl}/events`, {
    signal: stop.signal,
    headersTimeout: 5_000,
    bodyTimeout: 0,
  });
  const events: BalancerEvent[] = [];
  const parser = createParser({
    onEvent: ({ data }) => {
      const event = eventSchema.parse(JSON.parse(data));
      events.push(event);
      onEvent(event);
    },
  });
  const read = async (): Promise<void> => {
    body.setEncoding('utf8');
    for await (const chunk of body) parser.feed(chunk);
  };
  const reading = read().catch((error: unknown) => {
    // It ends by our own abort, or with the balancer, whose end is reported elsewhere.
    if (error instanceof z.ZodError || error instanceof SyntaxError) throw error;
  });
  return {
    events,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await reading;
    },
  };
}
