/**
 * What a submission finds when it starts: the language, and nothing else. As in core, time and randomness come
 * in as values. What could reach outside is gone, and what the answers are made with cannot be replaced.
 * The process has limits of its own (see ../limits.ts); this is the inner of two walls.
 */

import { inspect } from 'node:util';
import { SUBMISSION_NAME } from '../protocol.ts';

/** Globals that stay. */
const LANGUAGE: ReadonlySet<string> = new Set([
  ...[
    'globalThis',
    'Infinity',
    'NaN',
    'undefined',
    'Object',
    'Function',
    'Array',
    'Number',
    'Boolean',
  ],
  ...[
    'String',
    'Symbol',
    'BigInt',
    'Date',
    'Promise',
    'RegExp',
    'Error',
    'AggregateError',
    'EvalError',
  ],
  ...[
    'RangeError',
    'ReferenceError',
    'SyntaxError',
    'TypeError',
    'URIError',
    'JSON',
    'Math',
    'Intl',
  ],
  ...[
    'ArrayBuffer',
    'SharedArrayBuffer',
    'DataView',
    'Int8Array',
    'Uint8Array',
    'Uint8ClampedArray',
  ],
  ...['Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float16Array', 'Float32Array'],
  ...[
    'Float64Array',
    'BigInt64Array',
    'BigUint64Array',
    'Map',
    'Set',
    'WeakMap',
    'WeakSet',
    'WeakRef',
  ],
  ...[
    'FinalizationRegistry',
    'Proxy',
    'Reflect',
    'Iterator',
    'Atomics',
    'parseInt',
    'parseFloat',
    'isNaN',
  ],
  ...[
    'isFinite',
    'decodeURI',
    'decodeURIComponent',
    'encodeURI',
    'encodeURIComponent',
    'structuredClone',
  ],
]);

/** A console that writes to `write`, and holds nothing of the process. */
function plainConsole(write: (text: string) => void): Readonly<Record<string, unknown>> {
  const say = (...values: unknown[]): void => {
    write(
      `${values.map((v) => (typeof v === 'string' ? v : inspect(v, { customInspect: false }))).join(' ')}\n`,
    );
  };
  return Object.freeze({ log: say, info: say, warn: say, error: say, debug: say, trace: say });
}

function freezeDeep(value: unknown, seen: Set<unknown>): void {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return;
  if (seen.has(value)) return;
  seen.add(value);
  Object.freeze(value);
  for (const key of Reflect.ownKeys(value)) {
    const property = Object.getOwnPropertyDescriptor(value, key);
    for (const part of [property?.value, property?.get, property?.set]) freezeDeep(part, seen);
  }
  freezeDeep(Object.getPrototypeOf(value), seen);
}

/** A date that stands still: time comes in by `clock`, and the same file gets the same marks twice over. */
function stillDate(): DateConstructor {
  const Real = Date;
  function Still(...given: unknown[]): unknown {
    return Reflect.construct(Real, given.length === 0 ? [0] : given, new.target ?? Real);
  }
  const { parse, UTC, prototype } = Real;
  prototype.constructor = Still;
  return Object.assign(Still, {
    parse,
    UTC,
    prototype,
    now: () => 0,
  }) as unknown as DateConstructor;
}

/**
 * Stacks show a submission's own lines: where our files lie differs from run to run, and marks must not.
 * @param error whatever has a stack, its text included
 */
function ownLines(error: unknown, sites: readonly NodeJS.CallSite[]): string {
  const lines = sites
    .filter((site) => site.getFileName() === SUBMISSION_NAME)
    .map((site) => {
      const place = `${SUBMISSION_NAME}:${site.getLineNumber()}:${site.getColumnNumber()}`;
      return `    at ${site.getFunctionName() ?? '<anonymous>'} (${place})`;
    });
  return [textOf(error), ...lines].join('\n');
}

function textOf(error: unknown): string {
  try {
    return String(error);
  } catch {
    return 'Error';
  }
}

/** Doors through which built-ins tell the time of day. */
function stopTime(scope: Record<string, unknown>): void {
  scope.Date = stillDate();
  delete (Intl as Partial<typeof Intl>).DateTimeFormat;
  delete (Date.prototype as { toTemporalInstant?: unknown }).toTemporalInstant;
}

/** Prototypes that no global leads to. */
function hiddenIntrinsics(): unknown[] {
  return [
    [][Symbol.iterator](),
    new Map()[Symbol.iterator](),
    new Set()[Symbol.iterator](),
    ''[Symbol.iterator](),
    ''.matchAll(/x/g),
    (function* () {})(),
    (async function* () {})(),
    async () => {},
  ].map((value) => Object.getPrototypeOf(value));
}

/**
 * Lets objects have properties of the same name as a frozen prototype's: by plain assignment the language would
 * refuse, and an error could not be given a name.
 */
function allowOverriding(prototype: object): void {
  for (const key of Reflect.ownKeys(prototype)) {
    const property = Object.getOwnPropertyDescriptor(prototype, key);
    if (property?.configurable !== true || property.writable !== true) continue;
    const { value } = property;
    Object.defineProperty(prototype, key, {
      configurable: true,
      enumerable: false,
      get: () => value,
      set(this: object, own: unknown) {
        if (this === prototype) throw new TypeError(`cannot replace the built-in ${String(key)}`);
        Object.defineProperty(this, key, {
          ...{ value: own, writable: true, enumerable: true, configurable: true },
        });
      },
    });
  }
}

const OVERRIDDEN = [Object, Function, Error, TypeError, RangeError, SyntaxError, ReferenceError];

/** Takes the outside away and freezes the rest. Nothing can be undone afterwards. */
export function harden(write: (text: string) => void): void {
  const scope = globalThis as unknown as Record<string, unknown>;
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (!LANGUAGE.has(name)) delete scope[name];
  }
  stopTime(scope);
  Error.prepareStackTrace = ownLines;
  for (const { prototype } of OVERRIDDEN) allowOverriding(prototype as object);
  const seen = new Set<unknown>([globalThis]);
  for (const value of hiddenIntrinsics()) freezeDeep(value, seen);
  for (const name of LANGUAGE) freezeDeep(scope[name], seen);
  Object.defineProperty(globalThis, 'console', { value: plainConsole(write) });
  Object.freeze(globalThis);
}
