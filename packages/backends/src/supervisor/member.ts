/**
 * One backend of the fleet as its supervisor sees it: an id, a port and faults, and at most one process.
 * Processes come and go; the member stays.
 *
 * Faults of the process (`kill`, `freeze`, `restart`) are levels: the faults in force say whether there is to
 * be a process and whether it stands still, and after each change the member brings that about. So they
 * may overlap in any way, and the end of one never undoes another.
 */

import {
  type ActiveFault,
  FaultStack,
  isProcessFault,
  MANUAL_FAULT,
  PROCESS_FAULTS,
  type ProcessFaultKind,
} from '@evenkeel/sim/faults';
import {
  type BackendConfig,
  type BackendStats,
  type Command,
  NO_STATS,
  type StandingFault,
} from '../messages.ts';
import { Channel } from './channel.ts';
import { BackendError } from './errors.ts';
import { guard } from './guard.ts';
import { addStats, type MemberState, type MemberStatus } from './member-status.ts';
import { baseUrl } from './ports.ts';

/** What a backend may take for requests in service when it is restarted, before it is killed. */
const DRAIN_WITHIN_MS = 2_000;

/** What a list of the fleet waits for one backend's figures, before it shows the last known ones. */
const STATS_WITHIN_MS = 5_000;

/** What a kill waits for the figures that would die with the process. */
const LAST_STATS_WITHIN_MS = 50;

export class Member {
  readonly #config: BackendConfig;
  #faults = new FaultStack();
  #channel: Channel | undefined;
  /** A process that has loaded its program and waits to take the place of the one that was stopped. */
  #spare: Channel | undefined;
  #listens = false;
  /** Lets go of the guard of a frozen process. */
  #release: (() => void) | undefined;
  /** Figures of the processes that are gone. */
  #past: BackendStats = NO_STATS;
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

  /**
   * Puts a fault in force. With `endIsPlanned` a process that is stopped gets its successor ready at
   * once, so that the outage ends when the fault does and not a process start later.
   */
  begin(active: ActiveFault, endIsPlanned: boolean): Promise<void> {
    return this.#inTurn(async () => {
      this.#faults.begin(active);
      const { fault } = active;
      if (isStanding(fault)) await this.#tell({ do: 'begin', fault: active });
      else await this.#converge(fault.kind);
      if (endIsPlanned && this.#faults.processState === 'stopped') this.#spare ??= this.#fork();
    });
  }

  /** Ends a fault; resolves when the backend is ready again, unless another fault prevents it. */
  end({ fault, index }: ActiveFault): Promise<void> {
    return this.#inTurn(async () => {
      this.#faults.end(fault.kind, index);
      if (isStanding(fault)) await this.#tell({ do: 'end', kind: fault.kind, index });
      else await this.#converge(fault.kind);
    });
  }

  /** SIGKILL. Resolves when the process is gone; a dead one stays dead. */
  kill(): Promise<void> {
    return this.#inTurn(async () => {
      this.#faults.begin({ index: MANUAL_FAULT, fault: { kind: 'kill' } });
      await this.#kill();
    });
  }

  /** Stops as a deployment does: takes nothing new, finishes what it has in 2 s at most, ends. */
  shutdown(): Promise<void> {
    return this.#inTurn(async () => {
      this.#faults.begin({ index: MANUAL_FAULT, fault: { kind: 'restart' } });
      await this.#shutdown();
    });
  }

  /** A new process on the same port, whatever was done to the last; a running one is shut down before. */
  restart(): Promise<void> {
    return this.#inTurn(async () => {
      for (const kind of PROCESS_FAULTS) this.#endAll(kind);
      await this.#shutdown();
      await this.#startAgain();
    });
  }

  /** SIGSTOP: the kernel still accepts connections, none is answered. Rejects when there is no process. */
  freeze(): Promise<void> {
    return this.#inTurn(() => {
      if (this.#channel === undefined) {
        throw new BackendError('dead', `backend ${this.id}: is dead`);
      }
      this.#faults.begin({ index: MANUAL_FAULT, fault: { kind: 'freeze' } });
      this.#freeze();
    });
  }

  /** SIGCONT, whatever froze it. One that is not frozen stays as it is. */
  thaw(): Promise<void> {
    return this.#inTurn(async () => {
      this.#endAll('freeze');
      await this.#thaw();
    });
  }

  /** Takes away the faults of that kind, or all but those of the process. */
  clearFaults(kind?: StandingFault['kind']): Promise<void> {
    return this.#inTurn(() => this.#clearFaults(kind));
  }

  /** Running, without faults, figures at zero. */
  reset(): Promise<void> {
    return this.#inTurn(async () => {
      for (const each of PROCESS_FAULTS) this.#endAll(each);
      await this.#thaw();
      await this.#clearFaults();
      if (this.#channel === undefined) await this.#start();
      await this.#tell({ do: 'reset' });
      this.#past = NO_STATS;
      this.#restarts = 0;
    });
  }

  /** Kills the process and the one that is to follow it. Nothing may be asked of the member after this. */
  stop(): Promise<void> {
    return this.#inTurn(async () => {
      this.#spare?.signal('SIGKILL');
      await Promise.all([this.#kill(), this.#spare?.exited]);
    });
  }

  async status(): Promise<MemberStatus> {
    await this.#refresh(STATS_WITHIN_MS);
    return {
      id: this.id,
      url: this.url,
      pid: this.#channel?.pid ?? null,
      state: this.state,
      restarts: this.#restarts,
      faults: this.#faults.active.map(({ fault }) => fault).filter(isStanding),
      ...addStats(this.#past, this.#channel?.stats ?? NO_STATS),
    };
  }

  #inTurn<T>(operation: () => T | Promise<T>): Promise<T> {
    const result = this.#last.then(operation);
    this.#last = result.catch(() => {});
    return result;
  }

  /** Brings the process into the state that the faults in force ask for; `changed` began or ended. */
  async #converge(changed: ProcessFaultKind): Promise<void> {
    const wanted = this.#faults.processState;
    if (wanted === 'stopped') {
      if (this.#faults.has('kill')) await this.#kill();
      else await this.#shutdown();
      return;
    }
    // Only the faults that stop a process bring it back: one that died by itself stays dead.
    if (this.#channel === undefined && changed !== 'freeze') await this.#startAgain();
    if (wanted === 'frozen') this.#freeze();
    else await this.#thaw();
  }

  #fork(): Channel {
    const channel = new Channel(this.id);
    channel.exited.then(() => this.#ended(channel));
    return channel;
  }

  async #startAgain(): Promise<void> {
    this.#restarts++;
    await this.#start();
  }

  async #start(): Promise<void> {
    const channel = this.#spare ?? this.#fork();
    this.#spare = undefined;
    this.#channel = channel;
    const faults = this.#faults.active.filter(({ fault }) => isStanding(fault));
    try {
      await channel.ask({ do: 'listen', config: this.#config, faults });
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
    await this.#channel?.ask({ do: 'stats' }, withinMs).catch(() => {});
  }

  async #kill(): Promise<void> {
    await this.#refresh(LAST_STATS_WITHIN_MS);
    this.#channel?.signal('SIGKILL');
    await this.#channel?.exited;
  }

  #freeze(): void {
    if (process.platform === 'win32') {
      throw new BackendError('unsupported', 'freezing needs SIGSTOP, which Windows lacks');
    }
    const pid = this.#channel?.pid;
    if (pid === undefined || this.#release !== undefined) return;
    this.#release = guard(pid);
    this.#channel?.signal('SIGSTOP');
  }

  /** Resolves when the process has taken the messages that came while it was frozen. */
  async #thaw(): Promise<void> {
    if (this.#release === undefined) return;
    this.#channel?.signal('SIGCONT');
    this.#release();
    this.#release = undefined;
    await this.#refresh(STATS_WITHIN_MS);
  }

  async #clearFaults(kind?: StandingFault['kind']): Promise<void> {
    for (const { fault, index } of [...this.#faults.active]) {
      if (!isStanding(fault) || (kind !== undefined && fault.kind !== kind)) continue;
      this.#faults.end(fault.kind, index);
      await this.#tell({ do: 'end', kind: fault.kind, index });
    }
  }

  #endAll(kind: ProcessFaultKind): void {
    for (const { index } of this.#faults.of(kind)) this.#faults.end(kind, index);
  }

  /** A frozen process gets it when it continues, which is not waited for; a dead one when it starts. */
  async #tell(command: Command): Promise<void> {
    const told = this.#channel?.ask(command);
    if (this.state === 'frozen') told?.catch(() => {});
    else await told;
  }

  #ended(channel: Channel): void {
    if (channel === this.#spare) this.#spare = undefined;
    if (channel !== this.#channel) return;
    this.#past = addStats(this.#past, { ...channel.stats, inFlight: 0 });
    this.#release?.();
    this.#release = undefined;
    this.#listens = false;
    this.#channel = undefined;
  }
}

function isStanding(fault: ActiveFault['fault']): fault is StandingFault {
  return !isProcessFault(fault.kind);
}
