/**
 * `GET /events`: the event log as server-sent events. Who connects gets what is kept of the past
 * (after `Last-Event-ID`, if given), then each event as it happens, in order and without a gap. A
 * reader that does not keep up is cut off; it can come back and go on from where it was.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EventLog, LoggedEvent } from '../event-log.ts';

const UNREAD_BYTES_MAX = 1024 * 1024;
/** Shows both sides that the other one is still there. */
const HEARTBEAT_MS = 15_000;

/** Answers with a stream that ends when either side closes it. */
export function streamEvents(
  request: IncomingMessage,
  response: ServerResponse,
  events: EventLog,
): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  const write = (text: string): void => {
    response.write(text);
    if (response.writableLength > UNREAD_BYTES_MAX) response.destroy();
  };
  const lastSeen = Number(request.headers['last-event-id'] ?? 0);
  write(': events of this load balancer, oldest first\n\n');
  for (const event of events.since(Number.isNaN(lastSeen) ? 0 : lastSeen)) write(messageOf(event));
  const unsubscribe = events.subscribe((event) => write(messageOf(event)));
  const heartbeat = setInterval(() => write(':\n\n'), HEARTBEAT_MS);
  response.on('close', () => {
    clearInterval(heartbeat);
    unsubscribe();
  });
}

function messageOf(event: LoggedEvent): string {
  return `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
