/**
 * Leaves a worker with the language and nothing else, before code of the user's own runs: no way to the page, the
 * network, another thread or a disk, and no built-in that could be replaced under our own code. The page's policy
 * forbids connections as well: this is the second lock.
 */

/** The language, and what the engine itself calls. All that a browser adds is taken away, whatever it is called. */
const KEPT: ReadonlySet<string | symbol> = new Set([
  ...['globalThis', 'Infinity', 'NaN', 'undefined', 'eval', 'isFinite', 'isNaN', 'parseFloat'],
  ...['parseInt', 'decodeURI', 'decodeURIComponent', 'encodeURI', 'encodeURIComponent', 'escape'],
  ...['unescape', 'AggregateError', 'Array', 'ArrayBuffer', 'BigInt', 'BigInt64Array'],
  ...['BigUint64Array', 'Boolean', 'DataView', 'Date', 'Error', 'EvalError', 'Float16Array'],
  ...['Float32Array', 'Float64Array', 'Function', 'Int16Array', 'Int32Array', 'Int8Array', 'Intl'],
  ...['Iterator', 'JSON', 'Map', 'Math', 'Number', 'Object', 'Promise', 'Proxy', 'RangeError'],
  ...['ReferenceError', 'Reflect', 'RegExp', 'Set', 'String', 'Symbol', 'SyntaxError', 'TypeError'],
  ...['URIError', 'Uint16Array', 'Uint32Array', 'Uint8Array', 'Uint8ClampedArray', 'WeakMap'],
  ...['WeakRef', 'WeakSet', 'URL', 'structuredClone'],
]);

/** Built-ins that no global name leads to. */
function hidden(): unknown[] {
  const iterators = [[].values(), new Map().keys(), new Set().keys(), ''[Symbol.iterator]()];
  const functions = [function* () {}, async () => {}, async function* () {}];
  return [...iterators, ''.matchAll(/a/g), ...functions];
}

/** Freezes a value and all that it leads to. */
function freezeAll(first: unknown, seen: Set<unknown>): void {
  const found = [first];
  while (found.length > 0) {
    const value = found.pop();
    const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
    if (!isObject || value === globalThis || seen.has(value)) continue;
    seen.add(value);
    for (const key of Reflect.ownKeys(value as object)) {
      const held = Reflect.getOwnPropertyDescriptor(value as object, key);
      found.push(held?.value, held?.get, held?.set);
    }
    found.push(Object.getPrototypeOf(value));
    Object.freeze(value);
  }
}

/** See the head of this file; it cannot be undone. */
export function keepOnlyLanguage(): void {
  const scope: object = globalThis;
  Reflect.deleteProperty(URL, 'createObjectURL');
  Reflect.deleteProperty(URL, 'revokeObjectURL');
  for (let at = scope; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Reflect.ownKeys(at)) if (!KEPT.has(name)) Reflect.deleteProperty(at, name);
  }
  const seen = new Set<unknown>();
  for (const value of hidden()) freezeAll(value, seen);
  for (const name of Reflect.ownKeys(scope)) {
    freezeAll(Reflect.get(scope, name), seen);
    if (name !== 'globalThis') {
      Reflect.defineProperty(scope, name, { writable: false, configurable: false });
    }
  }
}
