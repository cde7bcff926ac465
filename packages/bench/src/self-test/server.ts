/**
 * The server of the self-test: answers at once, and with an argument N closes the connection of every N-th
 * request without an answer. Says its port and ends with its parent.
 */

import { createServer } from 'node:http';

const dropEvery = Number(process.argv[2] ?? 0);
let requests = 0;

const server = createServer((request, response) => {
  request.resume();
  requests++;
  if (dropEvery > 0 && requests % dropEvery === 0) response.socket?.destroy();
  else response.setHeader('x-backend', 'null').end('ok');
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address !== null ? address.port : 0);
});
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => {});
