/**
 * A fleet: several backends, each its own process, under one supervisor in this process.
 */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Backend } from '@evenkeel/sim';
import { type ActiveFault, MANUAL_FAULT } from '@evenkeel/sim/faults';
import { JOURNAL_SUFFIX } from './journal/read.ts';
import type { StandingFault } from './messages.ts';
import { type ControlServer, listenForControl } from './supervisor/control.ts';
import { BackendError } from './supervisor/errors.ts';
import { Member } from './supervisor/member.ts';
import type { MemberStatus } from './supervisor/member-status.ts';
import { freePort } from './supervisor/ports.ts';
import type { Fleet, FleetOptions } from './types.ts';

/** Starts the backends; resolves when all answer. Rejects, leaving nothing behind, when one cannot. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const shared = options.backends.find((backend) => backend.discipline !== 'fifo');
  if (shared) {
    const what = `backend ${shared.id}: discipline ${shared.discipline} can only be simulated`;
    throw new BackendError('unsupported', what);
  }
  if (options.logDir !== undefined) mkdirSync(options.logDir, { recursive: true });
  const starts = options.backends.map((backend, i) => startMember(backend, i, options));
  const started = await Promise.allSettled(starts);
  const members = started.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  const fleet = new LiveFleet(members);
  try {
    for (const result of started) if (result.status === 'rejected') throw result.reason;
    if (options.controlPort !== undefined) {
      await fleet.listenForControl(options.controlPort, options.host ?? DEFAULT_HOST);
    }
  } catch (error) {
    await fleet.stop();
    throw error;
  }
  return fleet;
}

const DEFAULT_HOST = '127.0.0.1';

/** How often another port is tried when the one that was free a moment ago has been taken. */
const PORT_TRIES = 5;

async function startMember(spec: Backend, i: number, options: FleetOptions): Promise<Member> {
  const { host = DEFAULT_HOST, seed = 1, port: firstPort = 0, logDir } = options;
  const journal =
    logDir === undefined ? {} : { journalFile: join(logDir, `${spec.id}${JOURNAL_SUFFIX}`) };
  for (let tries = 1; ; tries++) {
    const port = firstPort === 0 ? await freePort(host) : firstPort + i;
    const member = new Member({ spec, seed, host, port, ...journal });
    try {
      await member.start();
      return member;
    } catch (error) {
      const taken = error instanceof BackendError && error.code === 'EADDRINUSE';
      if (!taken || firstPort !== 0 || tries === PORT_TRIES) throw error;
    }
  }
}

class LiveFleet implements Fleet {
  readonly #members: ReadonlyMap<string, Member>;
  #control: ControlServer | undefined;

  constructor(members: readonly Member[]) {
    this.#members = new Map(members.map((member) => [member.id, member]));
  }

  get ids(): string[] {
    return [...this.#members.keys()];
  }

  get urls(): string[] {
    return [...this.#members.values()].map((member) => member.url);
  }

  get controlUrl(): string | undefined {
    return this.#control?.url;
  }

  async listenForControl(port: number, host: string): Promise<void> {
    this.#control = await listenForControl(this, port, host);
  }

  list(): Promise<MemberStatus[]> {
    return this.#all((member) => member.status());
  }

  async status(id: string): Promise<MemberStatus> {
    return this.#member(id).status();
  }

  async setFault(id: string, fault: StandingFault): Promise<void> {
    await this.#member(id).begin({ index: MANUAL_FAULT, fault }, false);
  }

  async beginFault(id: string, fault: ActiveFault, endIsPlanned: boolean): Promise<void> {
    await this.#member(id).begin(fault, endIsPlanned);
  }

  async endFault(id: string, fault: ActiveFault): Promise<void> {
    await this.#member(id).end(fault);
  }

  async clearFaults(id: string, kind?: StandingFault['kind']): Promise<void> {
    await this.#member(id).clearFaults(kind);
  }

  async kill(id: string): Promise<void> {
    await this.#member(id).kill();
  }

  async shutdown(id: string): Promise<void> {
    await this.#member(id).shutdown();
  }

  async restart(id: string): Promise<void> {
    await this.#member(id).restart();
  }

  async freeze(id: string): Promise<void> {
    await this.#member(id).freeze();
  }

  async thaw(id: string): Promise<void> {
    await this.#member(id).thaw();
  }

  async reset(): Promise<void> {
    await this.#all((member) => member.reset());
  }

  async stop(): Promise<void> {
    await this.#control?.close();
    await this.#all((member) => member.stop());
  }

  #all<T>(operation: (member: Member) => Promise<T>): Promise<T[]> {
    return Promise.all([...this.#members.values()].map(operation));
  }

  #member(id: string): Member {
    const member = this.#members.get(id);
    if (member) return member;
    throw new BackendError('unknown-backend', `no backend ${id}; there are ${this.ids.join(', ')}`);
  }
}
