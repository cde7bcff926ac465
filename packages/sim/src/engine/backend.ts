/**
 * A simulated backend: a service model, a process that can die or stand still, and the faults in force. What
 * faults do, and in which order, stands in faults/backend-faults.ts, which the live fleet uses too.
 */

import type { Distribution, ProbeResult } from '@evenkeel/core';
import { type Answer, BackendFaults, errorAnswer } from '../faults/backend-faults.ts';
import { type ActiveFault, isProcessFault } from '../faults/fault-stack.ts';
import type { Backend } from '../scenario/types.ts';
import type { BackendHost } from './backend-host.ts';
import { type BackendOutcome, cutOff, type Job, type Phase, type Workplace } from './job.ts';
import { FifoModel, type ServerModel } from './models.ts';
import { SharingModel } from './sharing.ts';

/** Bytes of an answer's body, which `bandwidth` trickles: about what the fake fleet's have. */
const BODY_BYTES = 100;
/** From a health check to its answer. */
const PROBE_MS = 0.5;
/** A graceful stop gives requests in service this long, as the live fleet does. */
const GRACE_MS = 2000;

const OK_ANSWER: Answer = { status: 200, bodyBytes: BODY_BYTES };
const BUSY_ANSWER: Answer = { status: 503, bodyBytes: BODY_BYTES };
const OK: BackendOutcome = { kind: 'answered', status: 200 };
const REFUSED: BackendOutcome = { kind: 'refused' };
const RESET: BackendOutcome = { kind: 'reset' };

/** One backend of the simulated fleet. */
export class SimBackend implements Workplace {
  readonly id: string;
  readonly index: number;
  /** Attempts here now (connections that `slowClose` holds open included), and the most there ever were. */
  inFlight = 0;
  peakInFlight = 0;
  /** Attempts received after the warm-up; see `SimulationResult`. */
  requests = 0;
  readonly #host: BackendHost;
  readonly #service: Distribution;
  readonly #model: ServerModel;
  readonly #faults: BackendFaults;
  /** What a frozen process does when it thaws: changes of its faults first, then its jobs. */
  readonly #unheard: (() => void)[] = [];
  readonly #deferred: Job[] = [];
  #isDown = false;
  #isFrozen = false;
  /** No fault is in force. */
  #isCalm = true;
  #stops = 0;

  /** @param service the time that `spec.service` says, sampled; may be shared */
  constructor(spec: Backend, service: Distribution, host: BackendHost) {
    this.id = spec.id;
    this.index = spec.index;
    this.#host = host;
    this.#faults = new BackendFaults(spec.id, host.seed);
    this.#service = service;
    const { queue, averages, observer } = host;
    const { concurrency, queue: room } = spec;
    const context = { queue, averages, observer, concurrency, room };
    this.#model = spec.discipline === 'fifo' ? new FifoModel(context) : new SharingModel(context);
  }

  /** An attempt arrives. */
  receive(job: Job): void {
    if (++this.inFlight > this.peakInFlight) this.peakInFlight = this.inFlight;
    if (this.#isCalm) this.#accept(job);
    else this.#arrive(job);
  }

  /** The client of this job has left. Work that has begun goes on, although none waits for it. */
  abandon(job: Job): void {
    this.inFlight--;
    if (job.phase === 'queued') {
      this.#model.withdraw(job);
      this.#host.release(job);
    } else if (job.phase === 'hanging') this.#host.release(job);
    // It has an event to come, or waits for a frozen process.
    else if (job.phase !== 'serving') job.phase = 'void';
  }

  due(job: Job): void {
    job.isPending = false;
    if (this.#isFrozen) this.#deferred.push(job);
    else this.#proceed(job);
  }

  /** A fault begins. */
  begin(one: ActiveFault): void {
    const { kind } = one.fault;
    if (this.#isFrozen && !isProcessFault(kind)) {
      this.#unheard.push(() => this.begin(one));
      return;
    }
    const wasFrozen = this.#isFrozen;
    this.#faults.begin(one);
    this.#isCalm = false;
    // A process that stands still cannot stop gracefully.
    if (kind === 'kill' || (kind === 'restart' && wasFrozen)) this.#die();
    else if (kind === 'restart' && !this.#isDown) this.#stopGracefully();
    else this.#isFrozen = this.#faults.processState === 'frozen';
  }

  /** A fault ends. A process that was killed or stopped starts anew once no fault keeps it down. */
  end({ fault: { kind }, index }: ActiveFault): void {
    if (this.#isFrozen && !isProcessFault(kind)) {
      this.#unheard.push(() => this.#faults.end(kind, index));
      return;
    }
    this.#faults.end(kind, index);
    const state = this.#faults.processState;
    if (this.#isDown && state !== 'stopped') {
      this.#isDown = false;
      this.#faults.processStarted();
    }
    if (state === 'running' && this.#isFrozen) this.#thaw();
    else this.#isFrozen = state === 'frozen';
    this.#isCalm = this.#faults.isEmpty;
  }

  /** A health check arrives: `done` is called, or not if it is never answered. */
  probe(type: 'tcp' | 'http', done: (result: ProbeResult) => void): void {
    const answer = (result: ProbeResult): void => {
      this.#host.queue.after(PROBE_MS, () => done(result));
    };
    if (this.#isDown || this.#faults.refuses(undefined)) {
      answer({ ok: false, refused: true, detail: 'refused' });
      return;
    }
    // The kernel accepts connections for a process that is frozen or silent.
    if (type === 'tcp') answer({ ok: true, evidence: 'connection' });
    else if (!this.#isFrozen) {
      const status = this.#faults.probe();
      if (status === undefined) return;
      answer({ ok: status < 400, answered: true, detail: `status ${status}` });
    }
  }

  /** An attempt at a backend with faults in force. */
  #arrive(job: Job): void {
    if (this.#isDown || this.#faults.refuses(job.request?.index)) this.#end(job, REFUSED);
    else if (this.#isFrozen) {
      job.phase = 'arriving';
      this.#deferred.push(job);
    } else this.#admit(job);
  }

  #admit(job: Job): void {
    const index = job.request?.index;
    const admission = this.#faults.admit(index);
    if (admission.kind === 'silent') job.phase = 'hanging';
    else if (admission.kind === 'error') {
      this.#answer(job, { status: admission.status, bodyBytes: BODY_BYTES });
    } else {
      const delayMs = this.#faults.delayMs(index);
      if (delayMs === undefined) this.#accept(job);
      else this.#schedule(job, 'delayed', delayMs);
    }
  }

  #accept(job: Job): void {
    const { serviceMs = 0, work = 0 } = job.request ?? {};
    job.serviceMs = serviceMs >= 0 ? serviceMs : this.#service.sampleAt(work);
    if (!this.#isCalm) job.serviceMs += this.#faults.leakedMs;
    if (!this.#model.submit(job)) this.#answer(job, BUSY_ANSWER);
  }

  #proceed(job: Job): void {
    switch (job.phase) {
      case 'arriving':
        // Its connection was accepted by the kernel, and is cut when the listening socket closes.
        if (this.#faults.refuses(job.request?.index)) this.#end(job, RESET);
        else this.#admit(job);
        break;
      case 'delayed':
        this.#accept(job);
        break;
      case 'serving':
        this.#model.complete(job);
        this.#worked(job);
        break;
      case 'delivering':
        this.#delivered(job);
        break;
      case 'closing':
        this.inFlight--;
        this.#host.release(job);
        break;
      default:
        this.#host.release(job);
    }
  }

  /** The work is done. */
  #worked(job: Job): void {
    const { request, attempt } = job;
    if (request === undefined || attempt === undefined) {
      this.#host.release(job);
      return;
    }
    request.timesServed++;
    request.queueingMs = this.#host.queue.now() - attempt.startedMs - job.serviceMs;
    if (this.#isCalm) {
      this.#end(job, OK);
      return;
    }
    this.#faults.served(request.index);
    const error = this.#faults.error(request.index);
    this.#answer(job, error ? errorAnswer(error) : OK_ANSWER);
  }

  /** Answers in the way of the faults in force. */
  #answer(job: Job, answer: Answer): void {
    const delivery = this.#faults.deliver(job.request?.index, answer);
    if (delivery.kind !== 'head') {
      this.#end(job, delivery.kind === 'reset' ? RESET : { kind: 'garbage' });
      return;
    }
    const { end, status, sentBytes, bytesPerSecond, closeAfterMs = 0 } = delivery;
    const isWhole = end === 'whole';
    const outcome: BackendOutcome = isWhole
      ? { kind: 'answered', status }
      : { kind: 'broken', how: end, status };
    const lastByteMs = (sentBytes * 1000) / bytesPerSecond;
    const endMs = isWhole ? lastByteMs : lastByteMs + closeAfterMs;
    job.outcome = outcome;
    job.closeAfterMs = isWhole ? closeAfterMs : 0;
    if (endMs === 0) this.#delivered(job);
    else if (this.#host.headSent(job, status)) this.#schedule(job, 'delivering', endMs);
    else {
      this.inFlight--;
      this.#host.release(job);
    }
  }

  /** The last byte is out. A connection that is held open counts as in flight until it closes. */
  #delivered(job: Job): void {
    const { outcome = OK, closeAfterMs } = job;
    if (closeAfterMs === 0 || job.request === undefined) {
      this.#end(job, outcome);
      return;
    }
    this.#host.ended(job, outcome);
    job.request = undefined;
    job.attempt = undefined;
    this.#schedule(job, 'closing', closeAfterMs);
  }

  #schedule(job: Job, phase: Phase, delayMs: number): void {
    job.phase = phase;
    job.isPending = true;
    this.#host.queue.schedule(delayMs, job.index);
  }

  #end(job: Job, outcome: BackendOutcome): void {
    this.inFlight--;
    this.#host.ended(job, outcome);
    this.#void(job);
  }

  /** Nothing more is to be done for this job; its record is free once its event has passed. */
  #void(job: Job): void {
    job.phase = 'void';
    if (!job.isPending) this.#host.release(job);
  }

  /** New connections are refused, requests in service are finished. */
  #stopGracefully(): void {
    this.#isDown = true;
    const stop = ++this.#stops;
    this.#host.queue.after(GRACE_MS, () => {
      if (this.#isDown && stop === this.#stops) this.#die();
    });
  }

  /** The process is gone: connections are reset, the queue is empty, new ones are refused. */
  #die(): void {
    this.#isDown = true;
    this.#isFrozen = false;
    this.#stops++;
    this.#host.observer?.stopped(this.#host.queue.now(), this.id);
    this.#deferred.length = 0;
    for (const change of this.#unheard.splice(0)) change();
    this.#model.clear();
    for (const job of this.#host.jobsOf(this)) {
      // Over already, by a death or an abort before; it only waits for its event to pass.
      if (job.phase === 'void') continue;
      if (job.request === undefined) {
        if (job.phase === 'closing') this.inFlight--;
        this.#void(job);
      } else this.#end(job, cutOff(job));
    }
  }

  #thaw(): void {
    this.#isFrozen = false;
    for (const change of this.#unheard.splice(0)) change();
    for (const job of this.#deferred.splice(0)) this.#proceed(job);
  }
}
