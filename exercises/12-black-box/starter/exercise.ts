/**
 * Exercise 12: a load balancer of your own, in any language. `command.txt` says how it is started; this one forwards
 * everything to the first backend.
 */

import { createServer, request as send } from 'node:http';

const [port, backends = ''] = process.argv.slice(2);
const [first = ''] = backends.split(',');

createServer((request, response) => {
  const { method, url = '/', headers } = request;
  const forwarded = send(new URL(url, first), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  forwarded.on('error', () => response.writeHead(502).end());
  request.pipe(forwarded);
}).listen(Number(port), '127.0.0.1');
