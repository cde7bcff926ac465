/**
 * The control API: the fleet's operations over HTTP and JSON, for shells, scripts and other
 * languages. Each answer is the state after the operation, each error one clear line.
 */

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { check, foreignRequest, joined, noneOf, told, wrong } from '@evenkeel/config';
import { FAULT_KINDS, faultSchema, ScenarioError } from '@evenkeel/sim';
import express from 'express';
import type { StandingFault } from '../messages.ts';
import type { Fleet } from '../types.ts';
import { BackendError } from './errors.ts';
import { baseUrl } from './ports.ts';

export interface ControlServer {
  readonly url: string;
  close(): Promise<void>;
}

/** What `POST /backends/{id}/{action}` knows. */
const ACTIONS = ['kill', 'restart', 'freeze', 'thaw', 'shutdown'] as const;

const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  'unknown-backend': 404,
  dead: 409,
  unsupported: 501,
};

/** Starts the control API of `fleet`; port 0 picks one. Rejects with a BackendError when the port is taken. */
export async function listenForControl(
  fleet: Fleet,
  port: number,
  host: string,
): Promise<ControlServer> {
  const server = await new Promise<Server>((resolve, reject) => {
    const listening = createControl(fleet, host).listen(port, host, (error) => {
      if (error === undefined) resolve(listening);
      else reject(new BackendError(codeOf(error), `control API: ${error.message}`));
    });
  });
  return {
    url: baseUrl(host, (server.address() as AddressInfo).port),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function createControl(fleet: Fleet, ownName: string): express.Express {
  const app = express();
  app.disable('x-powered-by');
  // There is no token: what a web page could do to the fleet must not be done.
  app.use(({ headers: { host, origin } }, response, next) => {
    const why = foreignRequest({ host, origin }, ownName);
    if (why === undefined) next();
    else response.status(403).json({ error: why });
  });
  // Whatever its declared type: `curl -d` alone declares a form.
  app.use(express.json({ type: () => true }));
  app.get('/backends', async (_request, response) => {
    response.json(await fleet.list());
  });
  app.get('/backends/:id', async ({ params }, response) => {
    response.json(await fleet.status(params.id));
  });
  app.put('/backends/:id/faults/:kind', async ({ params, body }, response) => {
    await fleet.setFault(params.id, parseFault(params.kind, body));
    response.json(await fleet.status(params.id));
  });
  app.delete('/backends/:id/faults{/:kind}', async ({ params }, response) => {
    const { id, kind } = params;
    await fleet.clearFaults(id, kind === undefined ? undefined : standingKind(kind));
    response.json(await fleet.status(id));
  });
  for (const action of ACTIONS) {
    app.post(`/backends/:id/${action}`, async ({ params }, response) => {
      await fleet[action](params.id);
      response.json(await fleet.status(params.id));
    });
  }
  app.post('/reset', async (_request, response) => {
    await fleet.reset();
    response.json(await fleet.list());
  });
  app.use((request, response) => {
    response.status(404).json({ error: `no ${request.method} ${request.path}; ${ROUTES}` });
  });
  app.use(answerError);
  return app;
}

const ROUTES =
  'there are GET /backends[/{id}], PUT /backends/{id}/faults/{kind}, ' +
  `DELETE /backends/{id}/faults[/{kind}], POST /backends/{id}/${ACTIONS.join('|')}, POST /reset`;

/** Four parameters, by which express knows it. */
function answerError(
  error: Error & { status?: number; type?: string },
  _request: express.Request,
  response: express.Response,
  _next: express.NextFunction,
): void {
  const status =
    error instanceof ScenarioError ? 400 : (STATUS_OF_CODE[codeOf(error)] ?? error.status ?? 500);
  const about = error.type === 'entity.parse.failed' ? 'the body must be JSON: ' : '';
  response.status(status).json({ error: about + error.message.split('\n', 1)[0] });
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}

function isStanding(kind: string): kind is StandingFault['kind'] {
  return !(ACTIONS as readonly string[]).includes(kind) && FAULT_KINDS.some((k) => k === kind);
}

function standingKind(kind: string): StandingFault['kind'] {
  if (isStanding(kind)) return kind;
  const known = FAULT_KINDS.filter(isStanding);
  throw new ScenarioError(told(wrong([], noneOf(known, kind), kind), 'fault kind'));
}

function parseFault(kind: string, body: unknown): StandingFault {
  const { data, problems } = check(faultSchema, { ...Object(body), kind: standingKind(kind) });
  if (problems === undefined) return data as StandingFault;
  const [problem] = problems;
  throw new ScenarioError(told(problem, joined([kind, ...problem.path])));
}
