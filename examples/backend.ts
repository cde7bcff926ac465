/** A backend that answers with its name: NAME=a PORT=9001 pnpm exec node examples/backend.ts */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const { NAME = 'backend', PORT = '0', HOST = '0.0.0.0' } = process.env;

const server = createServer((_request, response) => {
  response.setHeader('x-backend', NAME);
  response.end(`${NAME}\n`);
});
server.listen(Number(PORT), HOST, () => {
  console.log(`${NAME} listening on port ${(server.address() as AddressInfo).port}`);
});
process.once('SIGTERM', () => server.close());
