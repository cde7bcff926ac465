/** The library http-proxy before several backends: PORT BACKEND…, as its own documentation sets it up. */

import http from 'node:http';
import { createRequire } from 'node:module';

// The package brings no types.
const httpProxy = createRequire(import.meta.url)('http-proxy');

const [port, ...targets] = process.argv.slice(2);
const proxy = httpProxy.createProxyServer({
  agent: new http.Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY }),
});
let turn = 0;
http
  .createServer((request, response) => {
    const target = targets[turn++ % targets.length];
    proxy.web(request, response, { target }, () => response.writeHead(502).end());
  })
  .listen(Number(port), '127.0.0.1');
