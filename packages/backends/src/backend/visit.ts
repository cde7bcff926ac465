/**
 * One request's life in a backend: its body read, its faults drawn, its turn waited for, its work
 * done and recorded, its answer given.
 */

import type { Clock, Distribution, Random } from '@evenkeel/core';
import type { Request, Response } from 'express';
import type { Journal } from '../journal/write.ts';
import type { Fated, FaultSet, Hits } from './fault-set.ts';
import type { Job, ServiceModel } from './service.ts';
import type { Tally } from './tally.ts';

/** What all requests of one backend share. */
export interface Site {
  readonly id: string;
  readonly clock: Clock;
  readonly service: ServiceModel;
  readonly serviceTime: Distribution;
  /** The backend's own stream: service times of requests without `X-Work`. */
  readonly random: Random;
  readonly faults: FaultSet;
  readonly journal: Journal;
  readonly tally: Tally;
}

/** The largest number below 1: quantiles are finite there. */
const ALMOST_ONE = 1 - 2 ** -32;

export class Visit implements Job, Fated {
  readonly id: string | undefined;
  readonly work: string | undefined;
  readonly serviceMs: number;
  readonly #site: Site;
  readonly #request: Request;
  readonly #response: Response;
  readonly #n: number;
  readonly #hits: Hits;
  #bodyBytes = 0;

  constructor(site: Site, request: Request, response: Response) {
    this.#site = site;
    this.#request = request;
    this.#response = response;
    this.id = request.get('x-request-id');
    this.work = request.get('x-work');
    this.#n = site.tally.arrived();
    this.#hits = site.faults.hits(this);
    this.serviceMs = site.serviceTime.sampleAt(this.#u());
    response.once('close', () => {
      site.tally.left();
      site.service.withdraw(this);
    });
  }

  /** Begins; all else follows from events. */
  begin(): void {
    const { headers } = this.#request;
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
      this.#admit();
      return;
    }
    this.#request.on('data', (chunk: Buffer) => {
      this.#bodyBytes += chunk.length;
    });
    this.#request.once('end', () => this.#admit());
  }

  started(waitedMs: number): void {
    this.#site.tally.waited(waitedMs);
    if (this.id !== undefined) this.#site.journal.started(this.#request.method, this.id);
  }

  done(tookMs: number): void {
    this.#site.tally.worked(tookMs);
    if (this.id !== undefined) this.#site.journal.finished(this.#request.method, this.id);
    const { error } = this.#hits;
    if (error) this.#answer(error.status, error.body);
    else this.#answer(200, this.#report());
  }

  #u(): number {
    if (this.work === undefined) return this.#site.random.next();
    return Math.min(Math.max(Number(this.work) || 0, 0), ALMOST_ONE);
  }

  #admit(): void {
    const { latency } = this.#hits;
    if (latency) this.#site.clock.after(latency.latencyMs, () => this.#enqueue());
    else this.#enqueue();
  }

  #enqueue(): void {
    if (this.#response.destroyed || this.#site.service.submit(this)) return;
    this.#site.tally.rejected();
    this.#answer(503, JSON.stringify({ id: this.#site.id, error: 'queue full' }));
  }

  #report(): string {
    return JSON.stringify({
      id: this.#site.id,
      pid: process.pid,
      n: this.#n,
      method: this.#request.method,
      url: this.#request.originalUrl,
      bodyBytes: this.#bodyBytes,
    });
  }

  #answer(status: number, body: string): void {
    if (this.#response.destroyed) return;
    this.#response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'x-backend': this.#site.id,
    });
    this.#response.end(body);
  }
}
