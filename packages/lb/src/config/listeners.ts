/**
 * The listeners of a configuration, complete: where each listens, what it speaks, and in mode tcp to which
 * service its connections go.
 */

import { isIPv6 } from 'node:net';
import {
  type Address,
  type ConfigFile,
  formatAddress,
  isLoopback,
  type ListenerFile,
  noneOf,
  type Path,
  parseBackendUrl,
} from '@evenkeel/config';
import type { Findings } from './findings.ts';
import { DEFAULT_SERVICE } from './service.ts';
import type { ListenerConfig, ServiceConfig } from './types.ts';

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = 3030;

/** A listener as it is written, and where. */
interface Written {
  readonly file: ListenerFile;
  readonly path: Path;
}

/** All listeners that are in order. */
export function resolveListeners(file: ConfigFile, findings: Findings): ListenerConfig[] {
  const listeners: ListenerConfig[] = [];
  const places: { readonly at: Address; readonly path: Path }[] = [];
  for (const { file: written, path } of writtenListeners(file, findings)) {
    const at = addressOf(written, path, findings);
    const service = serviceOf(written, path, file, findings);
    if (at === undefined) continue;
    const twin = places.find((other) => overlaps(other.at, at));
    if (twin !== undefined) {
      const expected = `must not be where ${formatAddress(twin.at)} listens already`;
      const key = at.unix === undefined ? 'port' : 'unix';
      findings.wrong([...path, key], expected, at.unix ?? at.port);
    }
    places.push({ at, path });
    const { mode = 'http', socketMode, proxyProtocol = 'off' } = written;
    listeners.push({
      at,
      mode,
      acceptsProxy: proxyProtocol === 'accept',
      ...(socketMode === undefined ? {} : { socketMode: Number.parseInt(socketMode, 8) }),
      ...(service === undefined ? {} : { service }),
    });
  }
  warnOfProxies(file, findings);
  return listeners;
}

/**
 * The names of the services in mode tcp: those that a listener in that mode leads to, and those that are reached by
 * nothing, and by their backends are meant for it.
 */
export function tcpServices(file: ConfigFile, findings: Findings): ReadonlySet<string> {
  const led = ledTo(file);
  const others = serviceNames(file).filter((name) => !led.has(name));
  const idle = others.filter((name) => !isRouted(name, file) && hasTcpBackend(name, file));
  // All of them: http is meant, and their backends are wrong.
  if (idle.length === others.length) return led;
  for (const name of idle) findings.warn(['services', name], 'is reached by no listener');
  return new Set([...led, ...idle]);
}

/** What listeners in mode tcp lead to. */
function ledTo(file: ConfigFile): ReadonlySet<string> {
  const listeners = file.listeners ?? [{ mode: file.mode ?? 'http' }];
  const names = serviceNames(file);
  return new Set(
    listeners.flatMap(({ mode, service = onlyOf(names) }: ListenerFile) =>
      mode === 'tcp' && service !== undefined ? [service] : [],
    ),
  );
}

function isRouted(name: string, { routes = [] }: ConfigFile): boolean {
  return routes.some(({ service }) => service === name);
}

function hasTcpBackend(name: string, { services = {} }: ConfigFile): boolean {
  return (services[name]?.backends ?? []).some((backend) => {
    const address = parseBackendUrl(typeof backend === 'string' ? backend : backend.url);
    return 'port' in address && address.mode === 'tcp';
  });
}

/** Whether two listeners cannot both have their addresses; names are not looked up. */
export function overlaps(a: Address, b: Address): boolean {
  if (a.unix !== undefined || b.unix !== undefined) return a.unix === b.unix;
  if (a.port === 0 || a.port !== b.port) return false;
  return a.host === b.host || covers(a.host, b.host) || covers(b.host, a.host);
}

/** A connection that leads to its own listener is a connection more there, and so on without end. */
export function checkLoops(
  listeners: readonly ListenerConfig[],
  services: readonly ServiceConfig[],
  file: ConfigFile,
  findings: Findings,
): void {
  for (const { at, mode, service } of listeners) {
    const { backends = [] } = services.find(({ name }) => mode === 'tcp' && name === service) ?? {};
    const own = file.services === undefined ? [] : ['services', service ?? ''];
    for (const [index, backend] of backends.entries()) {
      if (!leadsTo(backend, at)) continue;
      const expected = `must not be where its clients connect, which is ${formatAddress(at)}`;
      findings.wrong([...own, 'backends', index], expected, backend.url);
    }
  }
}

/** Whether what is dialled is this very listener, as far as the addresses alone say it. */
function leadsTo(backend: Address, at: Address): boolean {
  if (backend.unix !== undefined || at.unix !== undefined) return backend.unix === at.unix;
  const isWildcard = at.host === '0.0.0.0' || at.host === '::';
  const isSameHost = backend.host === at.host || (isWildcard && isLoopback(backend.host));
  return backend.port === at.port && isSameHost;
}

/** Listening at all addresses of a machine is listening at each of them. */
function covers(all: string, host: string): boolean {
  return all === '::' || (all === '0.0.0.0' && !isIPv6(host));
}

function writtenListeners(file: ConfigFile, findings: Findings): Written[] {
  const { listen = {}, listeners, mode } = file;
  if (listeners === undefined) {
    return [{ file: { ...listen, ...(mode === undefined ? {} : { mode }) }, path: ['listen'] }];
  }
  const message = 'must be left out where listeners are given';
  for (const key of Object.keys(listen)) findings.problem({ path: ['listen', key], message });
  if (mode !== undefined) findings.problem({ path: ['mode'], message });
  return listeners.map((one, index) => ({ file: one, path: ['listeners', index] }));
}

function addressOf(
  { host, port, unix, socketMode }: ListenerFile,
  path: Path,
  findings: Findings,
): Address | undefined {
  if (unix === undefined) {
    if (socketMode !== undefined) {
      findings.problem({ path: [...path, 'socketMode'], message: 'needs unix: ports have none' });
    }
    if (port === undefined && path[0] === 'listeners') {
      findings.problem({ path, message: 'must have port or unix' });
      return undefined;
    }
    return { host: host ?? DEFAULT_HOST, port: port ?? DEFAULT_PORT };
  }
  for (const [key, value] of Object.entries({ host, port })) {
    const message = 'must be left out with unix, which is an address of its own';
    if (value !== undefined) findings.problem({ path: [...path, key], message });
  }
  return { host: '', port: 0, unix };
}

function serviceNames({ services }: ConfigFile): readonly string[] {
  return services === undefined ? [DEFAULT_SERVICE] : Object.keys(services);
}

function onlyOf(names: readonly string[]): string | undefined {
  return names.length === 1 ? names[0] : undefined;
}

/** Where a listener in mode tcp leads. */
function serviceOf(
  { mode = 'http', service }: ListenerFile,
  path: Path,
  file: ConfigFile,
  findings: Findings,
): string | undefined {
  const names = serviceNames(file);
  if (mode === 'http') {
    const message = 'must be left out in http mode, where routes lead to services';
    if (service !== undefined) findings.problem({ path: [...path, 'service'], message });
    return undefined;
  }
  const chosen = service ?? onlyOf(names);
  if (chosen === undefined) {
    const at = path[0] === 'listeners' ? [...path, 'service'] : ['mode'];
    const message = `must be told which of the services is meant: ${names.join(', ')}`;
    findings.problem({ path: at, message });
  } else if (!names.includes(chosen)) {
    findings.wrong([...path, 'service'], noneOf(names, chosen), chosen);
  }
  return chosen;
}

/** A PROXY header is taken from trusted peers alone. */
function warnOfProxies({ listen, listeners, forwarding }: ConfigFile, findings: Findings): void {
  if ((forwarding?.trustedProxies ?? []).length > 0) return;
  const accepts = (one: ListenerFile | undefined): boolean => one?.proxyProtocol === 'accept';
  const at = (listeners ?? []).findIndex(accepts);
  if (at < 0 && !accepts(listen)) return;
  const path = at < 0 ? ['listen'] : ['listeners', at];
  findings.warn(
    [...path, 'proxyProtocol'],
    'takes a header from none: forwarding.trustedProxies names no peer',
  );
}
