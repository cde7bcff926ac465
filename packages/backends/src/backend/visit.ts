/**
 * One request's life in a backend: its body read, its faults met, its turn waited for, its work
 * done and recorded, its answer given.
 */

import { exponential } from '@evenkeel/core';
import type { Request, Response } from 'express';
import type { StandingFault } from '../messages.ts';
import { atDeadline } from './deadline.ts';
import { type Answer, deliver } from './deliver.ts';
import type { Fated } from './fault-set.ts';
import type { Job } from './service.ts';
import type { Site } from './site.ts';

/** The largest number below 1 that a draw can give: every quantile is finite there. */
const ALMOST_ONE = 1 - 2 ** -32;

/** Takes a request in and sees it through; nothing is to be awaited. */
export function visit(site: Site, request: Request, response: Response): void {
  new Visit(site, request, response).begin();
}

class Visit implements Job, Fated {
  readonly id: string | undefined;
  readonly work: string | undefined;
  readonly #site: Site;
  readonly #request: Request;
  readonly #response: Response;
  readonly #n: number;
  #bodyBytes = 0;

  constructor(site: Site, request: Request, response: Response) {
    this.#site = site;
    this.#request = request;
    this.#response = response;
    this.id = request.get('x-request-id');
    this.work = request.get('x-work');
    this.#n = site.tally.arrived();
    response.once('close', () => {
      site.service.withdraw(this);
      site.tally.left();
    });
  }

  begin(): void {
    const { faults } = this.#site;
    if (faults.meets('blackhole', this)) {
      this.#request.resume();
      return;
    }
    const refusal = faults.meets('fastError', this) ?? faults.failsFirst(this);
    this.#whenRead(() => {
      if (refusal) this.#fail(refusal.status, refusal.kind);
      else if (this.#hasValidWork()) this.#delay();
      else this.#fail(400, `X-Work must be a number from 0 to 1, got "${this.work}"`);
    });
  }

  get serviceMs(): number {
    const { serviceTime, random, faults } = this.#site;
    const u = this.work === undefined ? random.next() : Math.min(Number(this.work), ALMOST_ONE);
    return serviceTime.sampleAt(u) + faults.leakedMs;
  }

  started(waitedMs: number): void {
    this.#site.tally.waited(waitedMs);
    if (this.id !== undefined) this.#site.journal.started(this.#request.method, this.id);
  }

  done(tookMs: number): void {
    const { tally, faults, journal } = this.#site;
    tally.worked(tookMs);
    if (this.id !== undefined) journal.finished(this.#request.method, this.id);
    faults.served(this);
    const error = faults.meets('error', this);
    if (error) this.#answer({ status: error.status, type: 'text/plain', body: error.body });
    else this.#answer({ status: 200, type: 'application/json', body: this.#report() });
  }

  /** A request is served when it has been received whole, never half of one. */
  #whenRead(next: () => void): void {
    const { headers } = this.#request;
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
      next();
      return;
    }
    this.#request.on('data', (chunk: Buffer) => {
      this.#bodyBytes += chunk.length;
    });
    this.#request.once('end', next);
  }

  #hasValidWork(): boolean {
    if (this.work === undefined) return true;
    const u = Number(this.work);
    return this.work.trim() !== '' && u >= 0 && u <= 1;
  }

  #delay(): void {
    const { clock, faults } = this.#site;
    const latency = faults.meets('latency', this);
    if (latency === undefined) {
      this.#enqueue();
      return;
    }
    const u = faults.uniform('latency delay', this);
    atDeadline(clock, clock.now() + delayMs(latency, u), () => this.#enqueue());
  }

  #enqueue(): void {
    if (this.#response.destroyed || this.#site.service.submit(this)) return;
    this.#site.tally.rejected();
    this.#fail(503, 'queue full');
  }

  #fail(status: number, error: string): void {
    const body = JSON.stringify({ id: this.#site.id, pid: process.pid, n: this.#n, error });
    this.#answer({ status, type: 'application/json', body });
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

  #answer(answer: Answer): void {
    deliver(this.#site, this, this.#response, answer);
  }
}

function delayMs(latency: StandingFault & { kind: 'latency' }, u: number): number {
  if (latency.distribution === 'exponential') return exponential(latency.latencyMs).sampleAt(u);
  return latency.latencyMs + u * latency.jitterMs;
}
