/**
 * The faults in force at one backend, and what follows from them for its process. Faults may overlap: each is
 * in force from its own start to its own end, whatever the others do. The simulator and the live fleet
 * both keep one of these per backend, so that they agree on every schedule.
 */

import type { Fault, FaultKind } from '../scenario/types.ts';

/** A fault at one backend. */
export interface ActiveFault {
  /** Its place in the scenario's `faults`; `MANUAL_FAULT` for one that was set by hand. */
  readonly index: number;
  readonly fault: Fault;
}

/** The index of faults that the fleet's control API sets: at most one of each kind. */
export const MANUAL_FAULT = -1;

/** Faults that are done to the process; the others are what it does itself. */
export const PROCESS_FAULTS = ['kill', 'restart', 'freeze'] as const;
export type ProcessFaultKind = (typeof PROCESS_FAULTS)[number];

/** Whether a fault of this kind is done to the process. */
export function isProcessFault(kind: FaultKind): kind is ProcessFaultKind {
  return (PROCESS_FAULTS as readonly FaultKind[]).includes(kind);
}

/** What a process is to do: serve, stand still, or not be there. */
export type ProcessState = 'running' | 'frozen' | 'stopped';

export type FaultOf<K extends FaultKind> = Fault & { readonly kind: K };

/** A fault of this kind with its index. */
export interface ActiveFaultOf<K extends FaultKind> {
  readonly index: number;
  readonly fault: FaultOf<K>;
}

/** Faults in the order in which they began. */
export class FaultStack {
  readonly #active: ActiveFault[] = [];

  get active(): readonly ActiveFault[] {
    return this.#active;
  }

  get isEmpty(): boolean {
    return this.#active.length === 0;
  }

  /** Puts a fault in force; it replaces one of the same kind and index. */
  begin(fault: ActiveFault): void {
    this.end(fault.fault.kind, fault.index);
    this.#active.push(fault);
  }

  /** Takes a fault away. No effect if it is not in force. */
  end(kind: FaultKind, index: number): void {
    const place = this.#active.findIndex((one) => one.fault.kind === kind && one.index === index);
    if (place >= 0) this.#active.splice(place, 1);
  }

  /** Whether a fault of this kind is in force. */
  has(kind: FaultKind): boolean {
    return this.#active.some(({ fault }) => fault.kind === kind);
  }

  /** The faults of one kind, the newest first: of several that hit a request, the newest acts. */
  of<K extends FaultKind>(kind: K): ActiveFaultOf<K>[] {
    const found = this.#active.filter(({ fault }) => fault.kind === kind);
    return found.reverse() as ActiveFaultOf<K>[];
  }

  /** A process that is not there cannot stand still: `kill` and `restart` go before `freeze`. */
  get processState(): ProcessState {
    if (this.has('kill') || this.has('restart')) return 'stopped';
    return this.has('freeze') ? 'frozen' : 'running';
  }
}
