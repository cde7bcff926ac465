/**
 * A backend's HTTP side: express, one route for the health check and one for everything else.
 */

import { createServer, type Server } from 'node:http';
import { seededRandom } from '@evenkeel/core';
import { distributionOf } from '@evenkeel/sim';
import express from 'express';
import { liveClock } from '../clock.ts';
import { noJournal, openJournal } from '../journal/write.ts';
import type { BackendConfig, Figures, StandingFault } from '../messages.ts';
import { FaultSet } from './fault-set.ts';
import { ServiceModel } from './service.ts';
import { Tally } from './tally.ts';
import { type Site, Visit } from './visit.ts';

/** One running backend, as its process's main program sees it. */
export interface Backend {
  listen(): Promise<void>;
  setFaults(faults: readonly StandingFault[]): void;
  figures(): Figures;
  resetFigures(): void;
  /** Stops listening and resolves once everything that was in flight is answered. */
  drain(): Promise<void>;
}

export function createBackend(config: BackendConfig): Backend {
  const site = createSite(config);
  const server = createServer(createApp(site));
  return {
    listen: () => listen(server, config.port, config.host),
    setFaults: (faults) => site.faults.replace(faults),
    figures: () => site.tally.snapshot(),
    resetFigures: () => site.tally.reset(),
    drain: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function createSite({ spec, seed, journalFile }: BackendConfig): Site {
  const random = seededRandom(seed).fork(spec.id);
  return {
    id: spec.id,
    clock: liveClock,
    service: new ServiceModel(liveClock, spec.concurrency, spec.queue),
    serviceTime: distributionOf(spec.service),
    random: random.fork('service'),
    faults: new FaultSet(spec.id, seed, random.fork('faults')),
    journal: journalFile === undefined ? noJournal : openJournal(journalFile),
    tally: new Tally(),
  };
}

function createApp(site: Site): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.get('/health', (_request, response) => {
    response.json({ id: site.id, status: 'ok' });
  });
  app.use((request, response) => new Visit(site, request, response).begin());
  return app;
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}
