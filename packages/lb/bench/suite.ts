/** What is compared in one mode, and how one subject is measured there. */

import type { ChildProcess } from 'node:child_process';
import type { Column, Measurement } from './table.ts';

/** What another checkout of this proxy is called. */
export const BASE = 'base';

export const LOAD_CORE = 0;
export const PROXY_CORE = 1;
export const CONNECTIONS = 64;
/** Long enough for the compilers of the Node subjects. */
export const WARM_UP_SECONDS = 2;
/** The kernel's count of CPU time is updated every tick. */
export const TICK_MS = 20;

/** Where a subject listens and what it forwards to. */
export interface Setting {
  readonly port: number;
  readonly backendPorts: readonly number[];
  /** A folder of its own for whatever it writes. */
  readonly folder: string;
}

export interface Subject {
  readonly name: string;
  /** The program that must be installed; absent: nothing beyond Node. */
  readonly needs?: string;
  /** Why it cannot run here, if so. */
  readonly missing?: () => string | undefined;
  command(setting: Setting): readonly string[];
}

/** A subject that runs now. */
export interface Run {
  readonly subject: Subject;
  readonly proxy: ChildProcess;
  /** The process of the backends. */
  readonly backends: ChildProcess;
  readonly setting: Setting;
  readonly round: number;
  readonly seconds: number;
}

export interface Suite {
  /** Programs that must be installed. */
  readonly tools: readonly string[];
  /** In this order within each round. */
  readonly subjects: readonly Subject[];
  /** The name of the one that the others are divided by. */
  readonly reference: string;
  /** This proxy as it is in another checkout, with its dependencies installed. */
  baseIn(checkout: string): Subject;
  /** Starts the backends. */
  backends(ports: readonly number[]): ChildProcess;
  columns(scenario: string): readonly Column[];
  measure(run: Run): AsyncIterable<Omit<Measurement, 'subject' | 'round'>>;
}
