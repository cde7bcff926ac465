/** What the event log and its stream promise to their readers. */

import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { EventStreams } from './admin/event-stream.ts';
import { EVENTS_KEPT, EventLog, type LoggedEvent } from './event-log.ts';

describe('the log', () => {
  test('numbers the events of all pools and its own in one order', () => {
    let nowMs = 5;
    const log = new EventLog(() => nowMs);
    const heard: LoggedEvent[] = [];
    const stop = log.subscribe((event) => heard.push(event));
    log.poolObserver('one').event({ seq: 9, atMs: 5, type: 'added', endpoint: 'a', reason: 'x' });
    log.poolObserver('two').event({ seq: 3, atMs: 6, type: 'added', endpoint: 'b', reason: 'x' });
    nowMs = 7;
    log.note('reload', 'file');
    stop();
    log.note('reload', 'not heard');
    expect(heard).toMatchObject([
      { seq: 1, atMs: 5, service: 'one', poolSeq: 9, endpoint: 'a' },
      { seq: 2, atMs: 6, service: 'two', poolSeq: 3, endpoint: 'b' },
      { seq: 3, atMs: 7, type: 'reload', reason: 'file' },
    ]);
    for (const { epochMs, atMs } of heard) expect(epochMs).toBe(performance.timeOrigin + atMs);
    expect(log.since(1).map(({ seq }) => seq)).toEqual([2, 3, 4]);
  });

  test('keeps the last ones, and no more', () => {
    const log = new EventLog(() => 0);
    for (let i = 0; i < EVENTS_KEPT + 10; i++) log.note('reload', `${i}`);
    const kept = log.since(0);
    expect(kept).toHaveLength(EVENTS_KEPT);
    expect(kept[0]?.seq).toBe(11);
    expect(kept.at(-1)?.seq).toBe(EVENTS_KEPT + 10);
  });
});

describe('the stream', () => {
  test('cuts off a reader that does not read, and forgets it', async () => {
    const log = new EventLog(() => 0);
    let listeners = 0;
    const subscribe = log.subscribe.bind(log);
    log.subscribe = (listener) => {
      listeners += 1;
      const unsubscribe = subscribe(listener);
      return () => {
        listeners -= 1;
        unsubscribe();
      };
    };
    const streams = new EventStreams(log);
    const server = createServer((request, response) => streams.start(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const request = get({ port, host: '127.0.0.1', agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.on('error', () => {});
    expect(listeners).toBe(1);
    // Never read: whatever the two sockets hold, the megabyte on top is not for this reader.
    for (let i = 0; i < 2000 && listeners > 0; i++) {
      log.note('reload', 'x'.repeat(20_000));
      await new Promise(setImmediate);
    }
    expect(listeners).toBe(0);
    response.destroy();
    server.close();
    await once(server, 'close');
  });
});
