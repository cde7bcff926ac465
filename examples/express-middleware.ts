/** An express application that forwards one path to backends: pnpm exec node examples/express-middleware.ts [BACKEND…] */

import type { AddressInfo } from 'node:net';
import { balance } from '@evenkeel/lb/express';
import express from 'express';

const backends = process.argv.slice(2);
const api = balance({ backends, strategy: 'least-connections', retries: { tries: 3 } });

const app = express();
app.get('/', (_request, response) => {
  response.send('answered here');
});
app.use('/api', api);
app.get('/status', (_request, response) => {
  response.json(api.balancer.backends.map(({ id, state, requests }) => ({ id, state, requests })));
});

const server = app.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.once('SIGTERM', () => server.close(() => api.balancer.close()));
