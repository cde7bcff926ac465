/**
 * `--policy KIND=FILE`: a policy of the user's own, from a module, in place of the configured one. The default export
 * makes it; each service gets its own.
 */

import type { ClusterPolicies, Health, HealthPolicy } from '@evenkeel/core';
import { ConfigError } from './config/error.ts';
import { loadModuleFile } from './module-file.ts';

const FLAG = '--policy';

/** Makes the policies of one service. */
export type PolicyMaker = () => ClusterPolicies;

type Factory = (argument?: Health) => unknown;

interface Kind {
  /** What the object that the factory makes must have. */
  readonly methods: readonly string[];
  readonly numbers?: readonly string[];
  readonly policies: (factory: Factory) => ClusterPolicies;
}

/** By the name that stands before the `=`. */
const KINDS: Readonly<Record<string, Kind>> = {
  health: {
    methods: ['observe', 'nextDelayMs', 'timeoutMs'],
    policies: (factory) => ({ health: factory as HealthPolicy }),
  },
  detector: {
    methods: ['record', 'forget'],
    policies: (factory) => ({ detector: factory() as NonNullable<ClusterPolicies['detector']> }),
  },
  budget: {
    methods: ['deposit', 'canAfford', 'withdraw'],
    policies: (factory) => ({ budget: factory() as NonNullable<ClusterPolicies['budget']> }),
  },
  'slow-start': {
    methods: ['factor'],
    numbers: ['windowMs'],
    policies: (factory) => ({ slowStart: factory() as NonNullable<ClusterPolicies['slowStart']> }),
  },
  panic: {
    methods: ['inPanic'],
    policies: (factory) => ({ panic: factory() as NonNullable<ClusterPolicies['panic']> }),
  },
};

function lacksOf(made: unknown, { methods, numbers = [] }: Kind): string | undefined {
  if (typeof made !== 'object' || made === null) return `an object, got ${String(made)}`;
  const fields = made as Readonly<Record<string, unknown>>;
  const method = methods.find((name) => typeof fields[name] !== 'function');
  if (method !== undefined) return `a method ${method}`;
  const number = numbers.find((name) => typeof fields[name] !== 'number');
  return number === undefined ? undefined : `a number ${number}`;
}

/** What the factory makes, made once to look at. @throws {ConfigError} */
function tried(file: string, factory: Factory, kind: Kind): void {
  let made: unknown;
  try {
    made = factory('checking');
  } catch (error) {
    throw new ConfigError(`${FLAG}: ${file}: the default export threw ${String(error)}`);
  }
  const lacks = lacksOf(made, kind);
  if (lacks !== undefined) {
    throw new ConfigError(`${FLAG}: ${file}: the default export must make ${lacks}`);
  }
}

function makerOf(text: string): readonly [kind: string, make: PolicyMaker] {
  const [, name = '', file = ''] = /^([^=]*)=(.+)$/.exec(text) ?? [];
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (kind === undefined) {
    const known = Object.keys(KINDS).join(', ');
    throw new ConfigError(`${FLAG}: expected KIND=FILE with one of ${known}, got ${text}`);
  }
  const factory = (loadModuleFile(FLAG, file) as { default?: unknown }).default;
  if (typeof factory !== 'function') {
    throw new ConfigError(`${FLAG}: ${file}: the default export must be a function`);
  }
  tried(file, factory as Factory, kind);
  return [name, () => kind.policies(factory as Factory)];
}

/** @throws {ConfigError} in one line, if one cannot be loaded or is none, or a kind is given twice */
export function loadPolicyFiles(texts: readonly string[]): PolicyMaker {
  const makers = new Map<string, PolicyMaker>();
  for (const text of texts) {
    const [kind, make] = makerOf(text);
    if (makers.has(kind)) throw new ConfigError(`${FLAG}: ${kind} is given twice`);
    makers.set(kind, make);
  }
  return () => Object.assign({}, ...[...makers.values()].map((make) => make())) as ClusterPolicies;
}
