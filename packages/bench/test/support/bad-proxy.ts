/**
 * A proxy that misbehaves on purpose, for the bench to find out. Started as `cmd:` subject:
 * `--drop N` drops every N-th request without an answer, `--double N` sends the N-th POST twice,
 * `--invent N` makes the N-th answer up, `--refuse N` answers every N-th with 503, `--hammer N` sends
 * every request N times over, `--die N` ends the process at the N-th request.
 */

import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { parseArgs } from 'node:util';

const FLAGS = ['drop', 'double', 'invent', 'refuse', 'hammer', 'die'] as const;
const { values } = parseArgs({
  options: Object.fromEntries(FLAGS.map((name) => [name, { type: 'string', default: '0' }])),
});
const every = Object.fromEntries(FLAGS.map((name) => [name, Number(values[name])])) as Record<
  (typeof FLAGS)[number],
  number
>;
const backends = (process.env.BACKENDS ?? '').split(',');
let requests = 0;
let posts = 0;

function isDue(n: number, count: number): boolean {
  return n > 0 && count % n === 0;
}

/** Sends to the next backend; without `response` the answer is thrown away. */
function forward(incoming: IncomingMessage, body: Buffer, response?: ServerResponse): void {
  const backend = backends[requests % backends.length];
  const outgoing = request(`${backend}${incoming.url}`, {
    method: incoming.method ?? 'GET',
    headers: { ...incoming.headers, host: 'fleet' },
  });
  outgoing.on('response', (answer) => {
    response?.writeHead(answer.statusCode ?? 502, answer.headers);
    if (response === undefined) answer.resume();
    else answer.pipe(response);
  });
  outgoing.on('error', () => response?.writeHead(502).end());
  outgoing.end(body);
}

createServer(async (incoming, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  requests++;
  if (requests === every.die) process.exit(3);
  if (requests === every.invent) {
    response.end('{}');
    return;
  }
  if (isDue(every.refuse, requests)) {
    response.writeHead(503).end();
    return;
  }
  if (isDue(every.drop, requests)) {
    response.socket?.destroy();
    return;
  }
  if (incoming.method === 'POST' && ++posts === every.double) forward(incoming, body);
  for (let i = 1; i < every.hammer; i++) forward(incoming, body);
  forward(incoming, body, response);
}).listen(Number(process.env.PORT), '127.0.0.1');
