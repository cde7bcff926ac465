/**
 * A backend's HTTP side: express, with one route for the health check and one for all else.
 */

import { createServer } from 'node:http';
import { type Clock, seededRandom } from '@evenkeel/core';
import { BackendFaults } from '@evenkeel/sim/faults';
import { distributionOf } from '@evenkeel/sim/fleet';
import express from 'express';
import { noJournal, openJournal } from '../journal/write.ts';
import type { BackendConfig } from '../messages.ts';
import type { BackendContext } from './backend-context.ts';
import { Listener } from './listener.ts';
import { handleRequest } from './request-handling.ts';
import { ServiceModel } from './service.ts';
import { StatsRecorder } from './stats.ts';

/** Builds a backend that does not listen yet. Throws when the journal cannot be opened. */
export function createBackend(config: BackendConfig, clock: Clock): BackendContext {
  const { spec, seed, host, port, journalFile } = config;
  const random = seededRandom(seed).fork(spec.id);
  const app = express();
  const backend: BackendContext = {
    id: spec.id,
    clock,
    listener: new Listener(createServer(app), port, host, clock, random.fork('listener')),
    service: new ServiceModel(clock, spec.concurrency, spec.queue),
    serviceTime: distributionOf(spec.service),
    random: random.fork('service'),
    faults: new BackendFaults(spec.id, seed),
    journal: journalFile === undefined ? noJournal : openJournal(journalFile),
    stats: new StatsRecorder(),
  };
  app.disable('x-powered-by');
  app.get('/health', (_request, response) => answerProbe(backend, response));
  app.use((request, response) => handleRequest(backend, request, response));
  return backend;
}

/** Faults of single requests leave the health check alone: that is what makes them hard to see. */
function answerProbe({ id, faults, listener }: BackendContext, response: express.Response): void {
  const status = faults.probe();
  if (status === undefined) return;
  if (!listener.isOpen) response.set('Connection', 'close');
  response.status(status).set('X-Backend', id).json({ id, status });
}
