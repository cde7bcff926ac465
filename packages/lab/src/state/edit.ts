/**
 * Changes of what a lab holds: what one breaks, mends and turns becomes part of the scenario, with its time, so
 * that the file that is exported is the film that was seen. Each returns another file.
 */

import type { Fault, FaultKind, Scenario } from '@evenkeel/sim/engine';
import type { LabFile, RawScenario } from './lab-file.ts';

/** An entry of `faults` or `actions` as it stands in a file. */
interface RawEntry {
  readonly atMs: number;
  readonly target?: unknown;
  readonly forMs?: number;
  readonly fault?: { readonly kind: string };
  readonly action?: unknown;
}

/** Digits of a recorded time, in ms. */
const DIGITS = 1000;

function entries(file: LabFile, key: 'faults' | 'actions'): readonly RawEntry[] {
  const list = file.scenario[key];
  return Array.isArray(list) ? (list as RawEntry[]) : [];
}

function withScenario(file: LabFile, change: RawScenario): LabFile {
  return { ...file, scenario: { ...file.scenario, ...change } };
}

/** The present moment as a scenario counts it: from the end of the warm-up, before which nothing can be done. */
export function momentOf(file: LabFile, { load }: Scenario): number {
  const sinceMs = Math.max(0, file.atMs - load.warmupMs);
  return Math.min(Math.round(sinceMs * DIGITS) / DIGITS, load.durationMs - 1 / DIGITS);
}

/** The fault begins now, and lasts until it is mended. */
export function breakBackend(
  file: LabFile,
  scenario: Scenario,
  target: string,
  fault: Partial<Fault> & { readonly kind: FaultKind },
): LabFile {
  const entry = { atMs: momentOf(file, scenario), target, fault };
  const broken = withScenario(file, { faults: [...entries(file, 'faults'), entry] });
  // A connection is all that a check by tcp asks for: it cannot be lied to.
  return fault.kind === 'healthLie' ? withHttpChecks(broken, scenario) : broken;
}

function withHttpChecks(file: LabFile, { lb }: Scenario): LabFile {
  const health = lb.health === 'off' || lb.health === undefined ? {} : lb.health;
  if (health.type === 'http' || health.path !== undefined) return file;
  const raw = file.scenario.lb as RawScenario | undefined;
  const rawHealth = raw?.health === 'off' ? {} : (raw?.health as RawScenario | undefined);
  return withScenario(file, { lb: { ...raw, health: { ...rawHealth, type: 'http' } } });
}

/** Whether an entry hits this backend at this moment. */
function isOpen(entry: RawEntry, target: string, atMs: number): boolean {
  const { forMs = Infinity } = entry;
  return entry.target === target && entry.atMs <= atMs && atMs < entry.atMs + forMs;
}

/** Faults of these kinds, or all, end at this backend now; those that begin later stay. */
export function mendBackend(
  file: LabFile,
  scenario: Scenario,
  target: string,
  kind?: FaultKind,
): LabFile {
  const atMs = momentOf(file, scenario);
  const faults = entries(file, 'faults').flatMap((entry) => {
    const isMeant = kind === undefined || entry.fault?.kind === kind;
    if (!isMeant || !isOpen(entry, target, atMs)) return [entry];
    const forMs = Math.round((atMs - entry.atMs) * DIGITS) / DIGITS;
    return forMs > 0 ? [{ ...entry, forMs }] : [];
  });
  return withScenario(file, { faults });
}

/** An operator drains the backend, or gives it back. */
export function setService(
  file: LabFile,
  scenario: Scenario,
  target: string,
  action: 'drain' | 'ready',
): LabFile {
  const atMs = momentOf(file, scenario);
  const others = entries(file, 'actions').filter(
    (entry) => entry.target !== target || entry.atMs !== atMs,
  );
  return withScenario(file, { actions: [...others, { atMs, target, action }] });
}

/** The load has another rate from now on. */
export function setLoad(file: LabFile, scenario: Scenario, ratePerSecond: number): LabFile {
  const atMs = momentOf(file, scenario);
  const others = entries(file, 'actions').filter(
    (entry) => entry.target !== undefined || entry.atMs !== atMs,
  );
  return withScenario(file, {
    actions: [...others, { atMs, action: { load: { ratePerSecond } } }],
  });
}

/** Takes one recorded fault or action out. */
export function removeEntry(file: LabFile, key: 'faults' | 'actions', index: number): LabFile {
  return withScenario(file, { [key]: entries(file, key).filter((_, i) => i !== index) });
}

/** One line about each fault and action, in the order of the file. */
export function entriesOf(
  file: LabFile,
): { readonly key: 'faults' | 'actions'; readonly index: number; readonly text: string }[] {
  const seconds = (ms: number): string => `${Number((ms / 1000).toFixed(3))} s`;
  const target = (value: unknown): string =>
    typeof value === 'string' ? value : JSON.stringify(value);
  const faults = entries(file, 'faults').map((entry, index) => {
    const until = entry.forMs === undefined ? '' : ` for ${seconds(entry.forMs)}`;
    const text = `${seconds(entry.atMs)}: ${entry.fault?.kind} of ${target(entry.target)}${until}`;
    return { key: 'faults', index, text } as const;
  });
  const actions = entries(file, 'actions').map(({ atMs, target: at, action }, index) => {
    const what =
      typeof action === 'string'
        ? `${action} ${target(at)}`
        : `${(action as { load?: { ratePerSecond?: number } })?.load?.ratePerSecond} requests/s`;
    return { key: 'actions', index, text: `${seconds(atMs)}: ${what}` } as const;
  });
  return [...faults, ...actions];
}

/** Sets a value deep in the scenario; `undefined` takes the key out. */
export function setValue(
  file: LabFile,
  path: readonly (string | number)[],
  value: unknown,
): LabFile {
  return { ...file, scenario: changed(file.scenario, path, value) as RawScenario };
}

function changed(
  at: unknown,
  [key, ...rest]: readonly (string | number)[],
  value: unknown,
): unknown {
  if (key === undefined) return value;
  if (typeof key === 'number') {
    const list = Array.isArray(at) ? at : [];
    return list.map((one, i) => (i === key ? changed(one, rest, value) : one));
  }
  const mapping = typeof at === 'object' && at !== null && !Array.isArray(at) ? at : {};
  const next = { ...mapping, [key]: changed((mapping as RawScenario)[key], rest, value) };
  if (next[key] === undefined) delete next[key];
  return next;
}
