/**
 * A backend's HTTP side: express, with one route for the health check and one for all else.
 */

import { createServer } from 'node:http';
import { type Clock, seededRandom } from '@evenkeel/core';
import { distributionOf } from '@evenkeel/sim/fleet';
import express from 'express';
import { noJournal, openJournal } from '../journal/write.ts';
import type { BackendConfig } from '../messages.ts';
import { Door } from './door.ts';
import { FaultSet, UNNAMED } from './fault-set.ts';
import { ServiceModel } from './service.ts';
import type { Site } from './site.ts';
import { Tally } from './tally.ts';
import { visit } from './visit.ts';

/** Builds a backend that does not listen yet: its door is shut. Throws when the journal cannot be opened. */
export function createBackend(config: BackendConfig, clock: Clock): Site {
  const { spec, seed, host, port, journalFile } = config;
  const random = seededRandom(seed).fork(spec.id);
  const app = express();
  const site: Site = {
    id: spec.id,
    clock,
    door: new Door(createServer(app), port, host, clock, random.fork('door')),
    service: new ServiceModel(clock, spec.concurrency, spec.queue),
    serviceTime: distributionOf(spec.service),
    random: random.fork('service'),
    faults: new FaultSet(spec.id, seed, random.fork('faults')),
    journal: journalFile === undefined ? noJournal : openJournal(journalFile),
    tally: new Tally(),
  };
  app.disable('x-powered-by');
  app.get('/health', (_request, response) => answerProbe(site, response));
  app.use((request, response) => visit(site, request, response));
  return site;
}

/** Faults of single requests leave the health check alone: that is what makes them hard to see. */
function answerProbe({ id, faults, door }: Site, response: express.Response): void {
  const lie = faults.meets('healthLie', UNNAMED);
  if (lie === undefined && faults.meets('blackhole', UNNAMED)) return;
  const status = lie?.status ?? 200;
  if (!door.isOpen) response.set('Connection', 'close');
  response.status(status).set('X-Backend', id).json({ id, status });
}
