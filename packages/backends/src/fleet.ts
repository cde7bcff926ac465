/**
 * A fleet: several backends, each its own process, under one supervisor in this process.
 */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Backend as BackendSpec } from '@evenkeel/sim';
import { JOURNAL_SUFFIX } from './journal/read.ts';
import type { BackendConfig, StandingFault } from './messages.ts';
import { BackendError } from './supervisor/channel.ts';
import { Member, type MemberStatus } from './supervisor/member.ts';
import { freePort } from './supervisor/ports.ts';

export interface FleetOptions {
  /** The backends; ids are unique. */
  readonly backends: readonly BackendSpec[];
  /** Seeds service times and rate faults: an integer in [0, 2^32). Default 1. */
  readonly seed?: number;
  /** Where backends and control API listen. Default 127.0.0.1. */
  readonly host?: string;
  /** The first backend's port, the others follow it; 0, the default, picks free ones. */
  readonly port?: number;
  /** The control API's port, 0 picks one; without it there is no control API. */
  readonly controlPort?: number;
  /** Where each backend keeps its accounts (see `readJournal`); made if missing. Default: none are kept. */
  readonly logDir?: string;
}

/** A running fleet. Operations reject with a BackendError that names the backend and what was wrong. */
export interface Fleet {
  readonly ids: readonly string[];
  /** Base URLs in the order of `ids`; they stay over restarts. */
  readonly urls: readonly string[];
  list(): Promise<MemberStatus[]>;
  setFault(id: string, fault: StandingFault): Promise<void>;
  clearFaults(id: string, kind?: StandingFault['kind']): Promise<void>;
  /** SIGKILL. */
  kill(id: string): Promise<void>;
  /** Stops listening, finishes what is in service (2 s at most) and stays down until a restart. */
  shutDown(id: string): Promise<void>;
  /** A new process on the same port; a running one is shut down before. */
  restart(id: string): Promise<void>;
  freeze(id: string): Promise<void>;
  thaw(id: string): Promise<void>;
  /** Every backend running, without faults, figures at zero. */
  reset(): Promise<void>;
  /** Kills all processes; resolves when they are gone. */
  stop(): Promise<void>;
}

/** Starts the backends and resolves when all of them answer. Rejects, with nothing left behind, if one cannot. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { host = '127.0.0.1', seed = 1, port = 0, logDir } = options;
  if (logDir !== undefined) mkdirSync(logDir, { recursive: true });
  const members = new Map<string, Member>();
  const urls: string[] = [];
  for (const [i, spec] of options.backends.entries()) {
    const config: BackendConfig = {
      spec,
      seed,
      host,
      port: port === 0 ? await freePort(host) : port + i,
      ...(logDir === undefined ? {} : { journalFile: join(logDir, `${spec.id}${JOURNAL_SUFFIX}`) }),
    };
    members.set(spec.id, new Member(config));
    urls.push(`http://${host}:${config.port}`);
  }
  const started = await Promise.allSettled([...members.values()].map((member) => member.start()));
  const failure = started.find((result) => result.status === 'rejected');
  const stop = async (): Promise<void> => {
    await Promise.all([...members.values()].map((member) => member.kill()));
  };
  if (failure) {
    await stop();
    throw failure.reason;
  }
  const member = (id: string): Member => {
    const found = members.get(id);
    if (found) return found;
    throw new BackendError(`no backend ${id}; there are ${[...members.keys()].join(', ')}`);
  };
  return {
    ids: [...members.keys()],
    urls,
    list: () => Promise.all([...members.values()].map((m) => m.status())),
    setFault: async (id, fault) => member(id).setFault(fault),
    clearFaults: async (id, kind) => member(id).clearFaults(kind),
    kill: async (id) => member(id).kill(),
    shutDown: async (id) => member(id).shutDown(),
    restart: async (id) => member(id).restart(),
    freeze: async (id) => member(id).freeze(),
    thaw: async (id) => member(id).thaw(),
    reset: async () => {
      await Promise.all([...members.values()].map((m) => m.reset()));
    },
    stop,
  };
}
