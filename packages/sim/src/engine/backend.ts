/**
 * A simulated backend: a service model, a process that can die or freeze, and the faults that are on.
 * The order in which faults act is that of the live fleet: refuse, black hole, fast error, fail first,
 * latency, queue, service, and then how the answer is delivered.
 */

import { type Distribution, exponential, type ProbeResult } from '@evenkeel/core';
import type { Backend, Fault } from '../scenario/types.ts';
import { ActiveFaults } from './active-faults.ts';
import type { Job } from './job.ts';
import { FifoModel, type ModelContext, type ServerModel } from './models.ts';
import { SharingModel } from './sharing.ts';

/** Octets of an answer's body, which `bandwidth` trickles: about what the fake fleet's have. */
const BODY_BYTES = 100;
/** From a health check to its answer. */
const PROBE_MS = 0.5;

/** How an attempt ended, as its backend knows it. */
export type Ending =
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'refused' | 'reset' | 'garbage' }
  /** The head went out, and then the connection broke or the body was short. */
  | { readonly kind: 'broken'; readonly how: 'reset' | 'truncated' };

/** What a backend needs from the simulation around it. */
export interface BackendHost extends Omit<ModelContext, 'concurrency' | 'room'> {
  readonly seed: number;
  /** The attempt is over; the job is the backend's to release. */
  ended(job: Job, ending: Ending): void;
  /** The head of the answer is on its way, the rest follows. */
  headSent(job: Job): void;
  release(job: Job): void;
  jobsOf(backend: SimBackend): Job[];
}

const OK: Ending = { kind: 'answered', status: 200 };
const REFUSED: Ending = { kind: 'refused' };
const RESET: Ending = { kind: 'reset' };
const GARBAGE: Ending = { kind: 'garbage' };
const BUSY: Ending = { kind: 'answered', status: 503 };

/** See above. */
export class SimBackend {
  readonly id: string;
  readonly index: number;
  /** Attempts here now, and the most there ever were. */
  inFlight = 0;
  peakInFlight = 0;
  /** Attempts received after the warm-up; see `SimulationResult`. */
  requests = 0;
  readonly #host: BackendHost;
  readonly #service: Distribution;
  readonly #model: ServerModel;
  readonly #faults: ActiveFaults;
  readonly #deferred: Job[] = [];
  #isDown = false;
  #isFrozen = false;
  #isCalm = true;

  /** @param service the time that `spec.service` says, sampled; may be shared */
  constructor(spec: Backend, service: Distribution, host: BackendHost) {
    this.id = spec.id;
    this.index = spec.index;
    this.#host = host;
    this.#faults = new ActiveFaults(spec.id, host.seed);
    this.#service = service;
    const { queue, levels } = host;
    const context = { queue, levels, concurrency: spec.concurrency, room: spec.queue };
    this.#model = spec.discipline === 'fifo' ? new FifoModel(context) : new SharingModel(context);
  }

  /** An attempt arrives. */
  receive(job: Job): void {
    if (++this.inFlight > this.peakInFlight) this.peakInFlight = this.inFlight;
    if (this.#isCalm || this.#admits(job)) this.#accept(job);
  }

  /** The client of this job has left. Work that has begun goes on for nobody. */
  abandon(job: Job): void {
    this.inFlight--;
    if (job.phase === 'queued') {
      this.#model.withdraw(job);
      this.#host.release(job);
    } else if (job.phase === 'hanging') this.#host.release(job);
    else if (job.phase !== 'serving') job.phase = 'void';
  }

  /** The job's event is due. */
  due(job: Job): void {
    job.isPending = false;
    if (this.#isFrozen) this.#deferred.push(job);
    else this.#proceed(job);
  }

  /** A fault begins. Process faults act at once. */
  begin(fault: Fault): void {
    this.#faults.set(fault);
    if (fault.kind === 'freeze') this.#isFrozen = true;
    if (fault.kind === 'kill') this.#die();
    if (fault.kind === 'restart') this.#isDown = true;
    this.#isCalm = false;
  }

  /** A fault ends; a process that was killed or stopped starts anew. */
  end(fault: Fault): void {
    this.#faults.clear(fault.kind);
    if (fault.kind === 'kill' || fault.kind === 'restart') this.#startAgain();
    if (fault.kind === 'freeze') this.#thaw();
    this.#isCalm = this.#faults.size === 0;
  }

  /** A graceful stop has had its time: what is still here is cut off. */
  cutOff(): void {
    if (this.#isDown) this.#die();
  }

  /** A health check arrives: `done` is called, or not if nobody answers. */
  probe(type: 'tcp' | 'http', done: (result: ProbeResult) => void): void {
    const answer = (result: ProbeResult): void => {
      this.#host.queue.after(PROBE_MS, () => done(result));
    };
    if (this.#isDown || this.#faults.get('refuse')) {
      answer({ ok: false, refused: true, detail: 'refused' });
      return;
    }
    const lie = this.#faults.get('healthLie');
    const status = lie?.status ?? 200;
    // The kernel accepts connections for a process that is frozen or silent.
    const isSilent = this.#isFrozen || (this.#faults.get('blackhole') && lie === undefined);
    if (type === 'tcp') answer({ ok: true });
    else if (!isSilent) answer({ ok: status < 400, detail: `status ${status}` });
  }

  /** Faults that act before the queue; true if the job may go on to it now. */
  #admits(job: Job): boolean {
    if (this.#isDown || this.#faults.meets('refuse', job)) return this.#end(job, REFUSED);
    if (this.#isFrozen) {
      job.phase = 'arriving';
      this.#deferred.push(job);
      return false;
    }
    if (this.#faults.meets('blackhole', job)) {
      job.phase = 'hanging';
      return false;
    }
    const refusal = this.#faults.meets('fastError', job) ?? this.#faults.failsFirst(job);
    if (refusal) return this.#end(job, { kind: 'answered', status: refusal.status });
    const latency = this.#faults.meets('latency', job);
    if (latency === undefined) return true;
    const { latencyMs, jitterMs, distribution } = latency;
    const u = this.#faults.draw('latency delay', job);
    job.phase = 'delayed';
    const isUniform = distribution === 'uniform';
    this.#schedule(job, isUniform ? latencyMs + u * jitterMs : exponential(latencyMs).sampleAt(u));
    return false;
  }

  #accept(job: Job): void {
    job.serviceMs = this.#service.sampleAt(job.request?.work ?? 0);
    if (!this.#isCalm) job.serviceMs += this.#faults.leakedMs;
    if (!this.#model.submit(job)) this.#end(job, BUSY);
  }

  #proceed(job: Job): void {
    switch (job.phase) {
      case 'arriving':
        if (this.#admits(job)) this.#accept(job);
        break;
      case 'delayed':
        this.#accept(job);
        break;
      case 'serving':
        this.#model.complete(job);
        this.#worked(job);
        break;
      case 'delivering':
        this.#end(job, OK);
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
    if (this.#isCalm) this.#end(job, OK);
    else this.#deliver(job);
  }

  /** What of the answer reaches the client? */
  #deliver(job: Job): void {
    const faults = this.#faults;
    faults.served(job);
    const error = faults.meets('error', job);
    const reset = faults.meets('reset', job);
    const bandwidth = faults.meets('bandwidth', job);
    if (reset?.when === 'before-head') this.#end(job, RESET);
    else if (faults.meets('garbage', job)) this.#end(job, GARBAGE);
    else if (error) this.#end(job, { kind: 'answered', status: error.status });
    else if (reset) this.#end(job, { kind: 'broken', how: 'reset' });
    else if (faults.meets('truncate', job)) this.#end(job, { kind: 'broken', how: 'truncated' });
    else if (bandwidth) {
      this.#host.headSent(job);
      job.phase = 'delivering';
      this.#schedule(job, (BODY_BYTES * 1000) / bandwidth.bytesPerSecond);
    } else this.#end(job, OK);
  }

  #schedule(job: Job, delayMs: number): void {
    job.isPending = true;
    this.#host.queue.schedule(delayMs, job.index);
  }

  /** Always false: a job that has ended does not go on. */
  #end(job: Job, ending: Ending): false {
    this.inFlight--;
    this.#host.ended(job, ending);
    if (job.isPending) job.phase = 'void';
    else this.#host.release(job);
    return false;
  }

  /** The process is gone: connections are reset, the queue is empty, new ones are refused. */
  #die(): void {
    this.#isDown = true;
    this.#isFrozen = false;
    this.#deferred.length = 0;
    this.#model.clear();
    for (const job of this.#host.jobsOf(this)) {
      if (job.phase === 'void' || job.request === undefined) {
        if (job.isPending) job.phase = 'void';
        else this.#host.release(job);
      } else this.#end(job, RESET);
    }
  }

  #startAgain(): void {
    this.#isDown = false;
    this.#faults.startedAnew();
  }

  #thaw(): void {
    this.#isFrozen = false;
    for (const job of this.#deferred.splice(0)) this.#proceed(job);
  }
}
