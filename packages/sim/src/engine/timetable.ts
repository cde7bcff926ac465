/** What happens in a run by the scenario's timetable: faults at backends, and what an operator does. */

import type { ResolvedAction, ResolvedFault } from '../scenario/faults.ts';
import type { SimBackend } from './backend.ts';
import type { SimBalancer } from './balancers.ts';
import type { RunContext } from './run-context.ts';

/** How long a process takes to start again that is restarted without a pause. */
const START_MS = 300;

/** The faults of a scenario as they are simulated: a restart without a pause ends when the process has started. */
export function simulatedFaults(faults: readonly ResolvedFault[]): ResolvedFault[] {
  return faults.map((one) =>
    one.fault.kind === 'restart' && one.endMs === undefined
      ? { ...one, endMs: one.startMs + START_MS }
      : one,
  );
}

/** Carries out faults and actions, and notes which faults there were. */
export class Timetable {
  readonly #run: RunContext;
  readonly #backends: readonly SimBackend[];
  readonly #balancers: readonly SimBalancer[];
  readonly #happened: ResolvedFault[] = [];

  constructor(run: RunContext, backends: readonly SimBackend[], balancers: readonly SimBalancer[]) {
    this.#run = run;
    this.#backends = backends;
    this.#balancers = balancers;
  }

  /** The faults that began, in their order, with their real ends. */
  get happened(): readonly ResolvedFault[] {
    return this.#happened;
  }

  schedule(faults: readonly ResolvedFault[], actions: readonly ResolvedAction[]): void {
    for (const fault of faults) this.#scheduleFault(fault);
    for (const action of actions) this.#scheduleAction(action);
  }

  #scheduleFault(resolved: ResolvedFault): void {
    const { fault, target, startMs, endMs } = resolved;
    const { queue, observer } = this.#run;
    const backend = this.#backends.find(({ id }) => id === target);
    if (backend === undefined) return;
    let place = 0;
    queue.after(startMs, () => {
      observer?.fault(queue.now(), 'begins', fault.kind, target);
      place = this.#happened.push({ ...resolved, endMs: undefined }) - 1;
      backend.begin(resolved);
    });
    if (endMs === undefined) return;
    queue.after(endMs, () => {
      observer?.fault(queue.now(), 'ends', fault.kind, target);
      this.#happened[place] = { ...resolved, endMs: queue.now() };
      backend.end(resolved);
    });
  }

  #scheduleAction({ target, atMs, state }: ResolvedAction): void {
    const { queue, observer } = this.#run;
    queue.after(atMs, () => {
      observer?.action(queue.now(), state, target);
      for (const { cluster } of this.#balancers) cluster.pool.setAdminState(target, state);
    });
  }
}
