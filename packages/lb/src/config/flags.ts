/**
 * The command line as a configuration: the same keys as in a file, made from text. What it says is
 * checked by the file's schema; only the names in the messages differ.
 */

import { joined, type Path, shown } from '@evenkeel/config';
import { ConfigError } from './error.ts';
import type { Layer } from './layers.ts';
import { type Label, parseConfig } from './parse.ts';
import { given, isOff, numeric, splitList } from './text-values.ts';

/** Flags of `evenkeel serve`, as the command line has them. */
export interface Flags {
  readonly port?: string;
  readonly host?: string;
  readonly backends?: string;
  readonly backend?: readonly string[];
  readonly discover?: readonly string[];
  readonly strategy?: string;
  readonly mode?: string;
  readonly proxyProtocol?: true;
  readonly health?: string;
  readonly healthPath?: string;
  readonly admin?: string;
  /** `true` without a file name. */
  readonly accessLog?: string | true;
  readonly drainTimeout?: string;
  readonly shutdownDelay?: string;
  readonly logLevel?: string;
  readonly logFormat?: string;
}

type Raw = Record<string, unknown>;

/** What the file says of format and sampling stays. */
function accessLogOf(flag: Flags['accessLog']): unknown {
  if (flag === undefined) return undefined;
  if (flag === true) return { file: '-' };
  return isOff(flag) ? 'off' : { file: flag };
}

/** @throws {ConfigError} naming the flag */
export function flagsLayer(flags: Flags): Layer {
  const listed = flags.backends === undefined ? [] : splitList(flags.backends);
  const single = (flags.backend ?? []).map(parseBackendFlag);
  const hasBackends = flags.backends !== undefined || single.length > 0;
  if (flags.healthPath !== undefined && flags.health !== undefined && flags.health !== 'http') {
    throw new ConfigError(`--health-path needs --health http, got --health ${flags.health}`);
  }
  const healthType = flags.healthPath === undefined ? flags.health : 'http';
  const raw = given({
    listen: given({
      port: numeric(flags.port),
      host: flags.host,
      proxyProtocol: flags.proxyProtocol && 'accept',
    }),
    backends: hasBackends ? [...listed.map((url) => ({ url })), ...single] : undefined,
    discovery: flags.discover,
    strategy: flags.strategy,
    mode: flags.mode,
    health: given({ type: healthType, path: flags.healthPath }),
    admin: isOff(flags.admin) ? flags.admin : given({ listen: flags.admin }),
    accessLog: accessLogOf(flags.accessLog),
    timeouts: given({
      drainMs: numeric(flags.drainTimeout),
      shutdownDelayMs: numeric(flags.shutdownDelay),
    }),
    log: given({ level: flags.logLevel, format: flags.logFormat }),
  });
  const label: Label = (path) => {
    if (path[0] === 'discovery') {
      return path.length === 1 ? '--discover' : `--discover[${String(path[1])}]`;
    }
    if (path[0] !== 'backends') return FLAG_NAMES[path.slice(0, 2).join('.')] ?? nameOf(path);
    if (path.length === 1) return flags.backends === undefined ? '--backend' : '--backends';
    const index = Number(path[1]);
    const single = index - listed.length;
    const what = path[2] === 'url' || path[2] === undefined ? '' : ` ${String(path[2])}`;
    return single < 0 ? `--backends[${index}]${what}` : `--backend[${single}]${what}`;
  };
  return { config: parseConfig(raw ?? {}, label), label };
}

/** What is wrong below a flag's key, such as an option of the strategy, is told under the flag. */
function nameOf(path: Path): string {
  return FLAG_NAMES[String(path[0])] ?? joined(path);
}

const FLAG_NAMES: Readonly<Record<string, string>> = {
  'listen.port': '--port',
  'listen.host': '--host',
  'listen.proxyProtocol': '--proxy-protocol',
  strategy: '--strategy',
  'strategy.name': '--strategy',
  mode: '--mode',
  'health.type': '--health',
  'health.path': '--health-path',
  'admin.listen': '--admin',
  accessLog: '--access-log',
  'accessLog.file': '--access-log',
  'timeouts.drainMs': '--drain-timeout',
  'timeouts.shutdownDelayMs': '--shutdown-delay',
  'log.level': '--log-level',
  'log.format': '--log-format',
};

/** `URL [key=value …]`, where `backup` alone is `backup=true`. */
function parseBackendFlag(text: string): Raw {
  const [url = '', ...settings] = text.trim().split(/\s+/);
  const backend: Raw = { url };
  for (const setting of settings) {
    const [, key, value] = /^([^=]+)(?:=(.*))?$/.exec(setting) ?? [];
    if (key === undefined || (value === undefined && key !== 'backup')) {
      throw new ConfigError(
        `--backend must be URL [key=value …], got ${shown(setting)} in ${shown(text)}`,
      );
    }
    backend[key] = settingValue(key, value);
  }
  return backend;
}

function settingValue(key: string, value: string | undefined): unknown {
  if (key === 'id' || key === 'url') return value;
  if (value === undefined || value === 'true') return true;
  return value === 'false' ? false : numeric(value);
}
