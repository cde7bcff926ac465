/**
 * A cheap backend for measuring: raw sockets, no parser. It trusts its peers, which are proxies that send one
 * well-formed request at a time on a connection.
 *
 * GET /small: 100 bytes. GET /big: 16 KiB. POST: "ok" when a body of 1 KiB is there.
 * Usage: backend.ts PORT…
 */

import { createServer } from 'node:net';

const BODY_BYTES = 1024;
const POST = 0x50;

function response(body: string): Buffer {
  const date = new Date().toUTCString();
  return Buffer.from(
    `HTTP/1.1 200 OK\r\nDate: ${date}\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}

const small = response('x'.repeat(100));
const big = response('x'.repeat(16 * 1024));
const ok = response('ok');

for (const port of process.argv.slice(2)) {
  createServer({ noDelay: true }, (socket) => {
    /** Bytes of a POST that are still to come; −1 before its head. */
    let missing = -1;
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      if (missing < 0 && bytes[0] !== POST) {
        // `GET /b…`
        socket.write(bytes[5] === 0x62 ? big : small);
        return;
      }
      if (missing < 0) missing = bytes.indexOf('\r\n\r\n') + 4 + BODY_BYTES;
      missing -= bytes.length;
      if (missing > 0) return;
      missing = -1;
      socket.write(ok);
    });
  }).listen(Number(port), '127.0.0.1');
}
