/**
 * The null backends' process: answers every request at once with the same few bytes, from raw
 * sockets, so that a closed loop in front of it measures the balancer between and not the fleet.
 * It listens on a port for each id that it is told of, and says which.
 */

import { createServer, type Socket } from 'node:net';

/** What the parent is told once all ports are open: in the order of the ids. */
export interface NullBackendsReady {
  readonly ports: readonly number[];
}

/** A longer request head ends its connection. */
const HEAD_BYTES_MAX = 65_536;
const HEAD_END = '\r\n\r\n';

/** Reads requests off a connection and answers each as soon as it is complete. */
function serve(socket: Socket, answer: Buffer): void {
  let pending = '';
  let bodyBytes = 0;
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    let answers = 0;
    // One character is one byte, so that lengths of bodies can be taken from the text.
    pending += chunk.toString('latin1');
    for (;;) {
      if (bodyBytes > 0) {
        const taken = Math.min(bodyBytes, pending.length);
        pending = pending.slice(taken);
        bodyBytes -= taken;
        if (bodyBytes > 0) break;
        answers++;
      }
      const end = pending.indexOf(HEAD_END);
      if (end < 0) break;
      bodyBytes = lengthOf(pending.slice(0, end));
      pending = pending.slice(end + HEAD_END.length);
      if (bodyBytes === 0) answers++;
    }
    if (pending.length > HEAD_BYTES_MAX) socket.destroy();
    if (answers === 1) socket.write(answer);
    else if (answers > 1) socket.write(Buffer.concat(Array<Buffer>(answers).fill(answer)));
  });
}

function lengthOf(head: string): number {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  return length === undefined ? 0 : Number(length);
}

async function listen(id: string): Promise<number> {
  const head = `HTTP/1.1 200 OK\r\nX-Backend: ${id}\r\nContent-Length: 2\r\n\r\n`;
  const answer = Buffer.from(`${head}ok`, 'latin1');
  const server = createServer((socket) => serve(socket, answer));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

process.on('disconnect', () => process.exit(0));
// An interrupt at the terminal reaches the whole group; the parent decides when this one ends.
process.on('SIGINT', () => {});
process.once('message', async (ids: readonly string[]) => {
  const ports = await Promise.all(ids.map(listen));
  process.send?.({ ports } satisfies NullBackendsReady);
});
