/**
 * A deliberately bad proxy for the accounting to catch: it drops every hundredth request without an
 * answer, sends one POST twice, and makes one answer up. Started as `cmd:` subject;
 * `--drop N` drops every N-th request, `--double N` doubles the N-th POST, `--invent N` invents.
 */

import { type ClientRequest, createServer, type IncomingMessage, request } from 'node:http';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    drop: { type: 'string', default: '0' },
    double: { type: 'string', default: '0' },
    invent: { type: 'string', default: '0' },
  },
});
const [drop, double, invent] = [values.drop, values.double, values.invent].map(Number);
const backends = (process.env.BACKENDS ?? '').split(',');
let requests = 0;
let posts = 0;

function forward(incoming: IncomingMessage, body: Buffer): ClientRequest {
  const backend = backends[requests % backends.length];
  const outgoing = request(`${backend}${incoming.url}`, {
    method: incoming.method ?? 'GET',
    headers: { ...incoming.headers, host: 'fleet' },
  });
  outgoing.end(body);
  return outgoing;
}

createServer(async (incoming, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  requests++;
  if (requests === invent) {
    response.end('{}');
    return;
  }
  if (drop !== undefined && drop > 0 && requests % drop === 0) {
    response.socket?.destroy();
    return;
  }
  if (incoming.method === 'POST' && ++posts === double)
    forward(incoming, body).on('response', (r) => r.resume());
  forward(incoming, body).on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
}).listen(Number(process.env.PORT), '127.0.0.1');
