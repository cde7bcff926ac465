/**
 * One backend of the fleet as its supervisor sees it: a place with an id, a port and faults, and
 * at most one process that fills it. Processes come and go; the place stays.
 */

import {
  type BackendConfig,
  type Command,
  type Figures,
  NO_FIGURES,
  type StandingFault,
} from '../messages.ts';
import { Channel } from './channel.ts';
import { BackendError } from './errors.ts';
import { guard } from './guard.ts';
import { baseUrl } from './ports.ts';

/** `starting`: the process is there and does not listen yet. */
export type MemberState = 'starting' | 'running' | 'frozen' | 'dead';

/** What a backend may take for requests in service when it is restarted, before it is killed. */
const DRAIN_WITHIN_MS = 2_000;

/** What a list of the fleet waits for one backend's figures, before it shows the last known ones. */
const FIGURES_WITHIN_MS = 500;

/** What a kill waits for the figures that would die with the process. */
const LAST_FIGURES_WITHIN_MS = 50;

/** A backend as `GET /backends` shows it. Figures are sums over all its processes since the last reset. */
export interface MemberStatus extends Figures {
  readonly id: string;
  readonly url: string;
  /** Of the present process; `null` when there is none. */
  readonly pid: number | null;
  readonly state: MemberState;
  readonly restarts: number;
  readonly faults: readonly StandingFault[];
}

export class Member {
  readonly #config: BackendConfig;
  readonly #faults = new Map<StandingFault['kind'], StandingFault>();
  #channel: Channel | undefined;
  #listens = false;
  /** Lets go of the guard of a frozen process. */
  #release: (() => void) | undefined;
  /** Figures of the processes that are gone. */
  #past: Figures = NO_FIGURES;
  #restarts = 0;
  /** Operations on one member happen one after another. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(config: BackendConfig) {
    this.#config = config;
  }

  get url(): string {
    return baseUrl(this.#config.host, this.#config.port);
  }

  get id(): string {
    return this.#config.spec.id;
  }

  get state(): MemberState {
    if (this.#channel === undefined) return 'dead';
    if (!this.#listens) return 'starting';
    return this.#release === undefined ? 'running' : 'frozen';
  }

  /** Starts the process and waits until it listens. Rejects with a BackendError. */
  start(): Promise<void> {
    return this.#inTurn(() => this.#start());
  }

  /** SIGKILL. Resolves when the process is gone; a dead one stays dead. */
  kill(): Promise<void> {
    return this.#inTurn(() => this.#kill());
  }

  /** Stops as a deployment does: takes nothing new, finishes what it has in 2 s at most, ends. */
  shutdown(): Promise<void> {
    return this.#inTurn(() => this.#shutdown());
  }

  /** A new process on the same port; a running one is shut down before. */
  restart(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#shutdown();
      this.#restarts++;
      await this.#start();
    });
  }

  /** SIGSTOP: the kernel still accepts connections, nobody answers. Rejects when there is no process. */
  freeze(): Promise<void> {
    return this.#inTurn(async () => {
      if (process.platform === 'win32') {
        throw new BackendError('unsupported', 'freezing needs SIGSTOP, which Windows lacks');
      }
      const pid = this.#channel?.pid;
      if (pid === undefined) throw new BackendError('dead', `backend ${this.id}: is dead`);
      if (this.#release !== undefined) return;
      this.#release = guard(pid);
      this.#channel?.signal('SIGSTOP');
    });
  }

  /** SIGCONT. One that is not frozen stays as it is. */
  thaw(): Promise<void> {
    return this.#inTurn(async () => this.#thaw());
  }

  /** Sets a fault in place of one of the same kind. */
  setFault(fault: StandingFault): Promise<void> {
    return this.#inTurn(() => {
      this.#faults.set(fault.kind, fault);
      return this.#tell({ do: 'set', fault });
    });
  }

  /** Takes away the fault of that kind, or all. */
  clearFaults(kind?: StandingFault['kind']): Promise<void> {
    return this.#inTurn(() => this.#clearFaults(kind));
  }

  /** Running, without faults, figures at zero. */
  reset(): Promise<void> {
    return this.#inTurn(async () => {
      this.#thaw();
      await this.#clearFaults();
      if (this.#channel === undefined) await this.#start();
      await this.#tell({ do: 'reset' });
      this.#past = NO_FIGURES;
      this.#restarts = 0;
    });
  }

  async status(): Promise<MemberStatus> {
    await this.#refresh(FIGURES_WITHIN_MS);
    return {
      id: this.id,
      url: this.url,
      pid: this.#channel?.pid ?? null,
      state: this.state,
      restarts: this.#restarts,
      faults: [...this.#faults.values()],
      ...sum(this.#past, this.#channel?.figures ?? NO_FIGURES),
    };
  }

  #inTurn<T>(operation: () => T | Promise<T>): Promise<T> {
    const result = this.#last.then(operation);
    this.#last = result.catch(() => {});
    return result;
  }

  async #start(): Promise<void> {
    const channel = new Channel(this.id);
    this.#channel = channel;
    channel.exited.then(() => this.#ended(channel));
    try {
      await channel.ask({ do: 'listen', config: this.#config, faults: [...this.#faults.values()] });
      this.#listens = true;
    } catch (error) {
      await this.#kill();
      throw error;
    }
  }

  async #shutdown(): Promise<void> {
    if (this.state === 'running') {
      await this.#channel?.ask({ do: 'drain' }, DRAIN_WITHIN_MS).catch(() => {});
    }
    await this.#kill();
  }

  /** Asks a running process for its figures; without an answer the last ones stand. */
  async #refresh(withinMs: number): Promise<void> {
    if (this.state !== 'running') return;
    await this.#channel?.ask({ do: 'figures' }, withinMs).catch(() => {});
  }

  async #kill(): Promise<void> {
    await this.#refresh(LAST_FIGURES_WITHIN_MS);
    this.#channel?.signal('SIGKILL');
    await this.#channel?.exited;
  }

  #thaw(): void {
    this.#channel?.signal('SIGCONT');
    this.#release?.();
    this.#release = undefined;
  }

  async #clearFaults(kind?: StandingFault['kind']): Promise<void> {
    const kinds = kind === undefined ? [...this.#faults.keys()] : [kind];
    for (const each of kinds) {
      this.#faults.delete(each);
      await this.#tell({ do: 'clear', kind: each });
    }
  }

  /** A frozen process hears of it when it thaws: nobody waits for it. A dead one when it starts. */
  async #tell(command: Command): Promise<void> {
    const told = this.#channel?.ask(command);
    if (this.state === 'frozen') told?.catch(() => {});
    else await told;
  }

  #ended(channel: Channel): void {
    this.#past = sum(this.#past, { ...channel.figures, inFlight: 0 });
    this.#release?.();
    this.#release = undefined;
    this.#listens = false;
    this.#channel = undefined;
  }
}

function sum(past: Figures, now: Figures): Figures {
  return {
    requests: past.requests + now.requests,
    inFlight: now.inFlight,
    peakInFlight: Math.max(past.peakInFlight, now.peakInFlight),
    rejected: past.rejected + now.rejected,
    busyMs: past.busyMs + now.busyMs,
    queueMs: past.queueMs + now.queueMs,
  };
}
