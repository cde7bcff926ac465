/**
 * `GET /events`: the event log as server-sent events. A client gets what is kept of the past (after
 * `Last-Event-ID`, if given), then each event as it happens, in order and without a gap. A reader that
 * does not keep up is cut off; it can come back and go on from where it was.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { EventLog, LoggedEvent } from '../event-log.ts';
import { RequestError } from './answer.ts';

const STREAMS_MAX = 64;
const UNREAD_BYTES_MAX = 1024 * 1024;
/** Shows both sides that the other one is still there. */
const HEARTBEAT_MS = 15_000;

/** The running streams. */
export class EventStreams {
  readonly #events: EventLog;
  readonly #sockets = new Set<Socket>();

  constructor(events: EventLog) {
    this.#events = events;
  }

  /** A stream never ends, so nothing that is sent after its request on the same connection has a meaning. */
  isStreaming(socket: Socket): boolean {
    return this.#sockets.has(socket);
  }

  /**
   * Answers with a stream that ends when either side closes it.
   * @throws {RequestError} 400 if the request waits behind another on its connection, 503 if there are
   *   too many streams
   */
  start({ socket, headers }: IncomingMessage, response: ServerResponse): void {
    // Only the first response in a connection's line has its socket.
    if (response.socket === null) throw new RequestError(400, 'a stream of events stands alone');
    if (this.#sockets.size >= STREAMS_MAX) {
      throw new RequestError(503, `there are ${STREAMS_MAX} streams of events already`);
    }
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    const write = (text: string): void => {
      response.write(text);
      if (response.writableLength > UNREAD_BYTES_MAX) socket.destroy();
    };
    const lastSeen = Number(headers['last-event-id'] ?? 0);
    write(': events of this load balancer, oldest first\n\n');
    for (const event of this.#events.since(Number.isNaN(lastSeen) ? 0 : lastSeen)) {
      write(messageOf(event));
    }
    const unsubscribe = this.#events.subscribe((event) => write(messageOf(event)));
    const heartbeat = setInterval(() => write(':\n\n'), HEARTBEAT_MS);
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      clearInterval(heartbeat);
      unsubscribe();
    });
  }
}

function messageOf(event: LoggedEvent): string {
  return `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
