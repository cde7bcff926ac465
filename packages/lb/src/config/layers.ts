/**
 * Configurations laid over each other: flags over file over environment. Each layer knows what its
 * values are called, so that a message about the whole names the flag, the variable or the line.
 */

import {
  type ConfigFile,
  type GroupFile,
  type HealthFile,
  HTTP_CHECK_KEYS,
  type Path,
} from '@evenkeel/config';
import { inConfig, type Label } from './parse.ts';

/** A configuration and the names of its values. */
export interface Layer {
  readonly config: ConfigFile;
  readonly label: Label;
  /** What else it says, and is wrong. */
  readonly wrong?: WrongPart;
}

/** What was left out of a configuration because it is wrong. */
export interface WrongPart {
  /** One line each. */
  readonly problems: readonly string[];
  readonly removed: readonly Path[];
}

/** Sections in which a layer replaces single keys; everything else it replaces whole. */
const MERGED: readonly string[] = [
  'listen',
  'health',
  'timeouts',
  'limits',
  'forwarding',
  'admin',
  'accessLog',
  'log',
];
/** What is said where there is one listener. */
const ONE_LISTENER = ['listen', 'mode'] as const;
/** What an upper layer says of all services, whatever a lower one says of each. */
const FOR_SERVICES = ['strategy', 'health'] as const;

/** Later layers win over earlier ones. */
export function overlaid(...layers: readonly Layer[]): Layer {
  const config = layers.map((layer) => layer.config).reduce(over, {});
  const label: Label = (path) =>
    (layers.findLast((layer) => says(layer.config, path))?.label ?? inConfig)(path);
  const wrong = {
    problems: layers.flatMap((layer) => layer.wrong?.problems ?? []),
    removed: layers.flatMap((layer) => layer.wrong?.removed ?? []),
  };
  return { config, label, wrong };
}

/** The layer has a word on the value at the path. */
function says(config: ConfigFile, [section, key]: Path): boolean {
  const value = said(config, String(section));
  if (value === undefined) return false;
  const isMerged = MERGED.includes(String(section)) && typeof value === 'object';
  return !isMerged || key === undefined || said(value as object, String(key)) !== undefined;
}

function said(mapping: object, key: string): unknown {
  return Object.hasOwn(mapping, key) ? (mapping as Record<string, unknown>)[key] : undefined;
}

function over(lower: ConfigFile, upper: ConfigFile): ConfigFile {
  const result: Record<string, unknown> = { ...lower, ...upper };
  for (const section of MERGED) {
    const value = overSection(section, lower, upper);
    if (value !== undefined) result[section] = value;
  }
  // Backends of a lower layer, such as BACKENDS, stand for the file's, and so for its services.
  if (upper.services !== undefined && upper.backends === undefined) delete result.backends;
  // So do listeners for the one that a lower layer, such as PORT, speaks of.
  if (upper.listeners !== undefined) {
    for (const key of ONE_LISTENER) if (upper[key] === undefined) delete result[key];
  }
  if (lower.services !== undefined && upper.services === undefined) {
    result.services = Object.fromEntries(
      Object.entries(lower.services).map(([name, group]) => [name, groupUnder(group, upper)]),
    );
  }
  return result;
}

function overSection(section: string, lower: ConfigFile, upper: ConfigFile): unknown {
  if (section === 'health') return healthOver(lower, upper);
  return section === 'listen' ? listenOver(lower, upper) : merged(lower, upper, section);
}

/** A port of an upper layer takes the place of a lower one's socket, and the other way round. */
function listenOver(lower: ConfigFile, upper: ConfigFile): ConfigFile['listen'] {
  const { host: _, port: __, ...notPort } = lower.listen ?? {};
  const { unix: ___, socketMode: ____, ...notUnix } = lower.listen ?? {};
  const { port, unix } = upper.listen ?? {};
  if (unix !== undefined) return { ...notPort, ...upper.listen };
  if (port !== undefined) return { ...notUnix, ...upper.listen };
  return merged(lower, upper, 'listen') as ConfigFile['listen'];
}

function merged(lower: ConfigFile, upper: ConfigFile, section: string): unknown {
  const [below, above] = [said(lower, section), said(upper, section)];
  const isBoth = typeof below === 'object' && typeof above === 'object';
  return isBoth ? { ...below, ...above } : (above ?? below);
}

function healthOver(lower: GroupFile, upper: GroupFile): GroupFile['health'] | undefined {
  const [below, above] = [lower.health, upper.health];
  if (typeof below !== 'object' || typeof above !== 'object') return above ?? below;
  // A check that an upper layer makes one of TCP keeps its times, and asks for nothing.
  const kept = Object.entries(below).filter(
    ([key]) => above.type !== 'tcp' || !HTTP_CHECK_KEYS.some((name) => name === key),
  );
  return { ...(Object.fromEntries(kept) as HealthFile), ...above };
}

/** A service of the file, as the flags above it leave it. */
function groupUnder(group: GroupFile, upper: ConfigFile): GroupFile {
  const result: Record<string, unknown> = { ...group };
  for (const key of FOR_SERVICES) if (upper[key] !== undefined) delete result[key];
  if (group.health !== undefined && upper.health !== undefined) {
    result.health = healthOver(group, upper);
  }
  return result;
}
