/**
 * Names → addresses and services, as the C library looks them up: hosts(5) first, then the DNS servers of
 * resolv.conf(5) with its search list. The program's own, because Node's resolver tells neither the TTL of
 * SRV records nor a broken answer from none.
 */

import { isIPv4 } from 'node:net';
import type { Address } from '@evenkeel/config';
import { formatAddress } from '@evenkeel/config';
import type { Clock } from '@evenkeel/core';
import { DiscoveryError } from '../finder.ts';
import { ask } from './client.ts';
import { addressesIn, candidatesOf, parseResolvConf, type ResolvConf } from './files.ts';
import { type DnsAnswer, type Question, RCODE, type SrvData } from './message.ts';

/** What a resolver works with. */
export interface ResolverOptions {
  readonly clock: Clock;
  /** Asked in place of the servers of resolv.conf. */
  readonly server?: Address | undefined;
  /** The texts of resolv.conf and hosts, as they are now; empty where there is no such file. */
  readonly resolvConf: () => string;
  readonly hosts: () => string;
  /** A number from 0 to 65535 that cannot be guessed. */
  readonly newId: () => number;
}

/** What was found for a name. */
export interface LookedUp<T> {
  /** At least one. */
  readonly records: readonly T[];
  readonly ttlMs: number;
  /** What could not be found out, if anything. */
  readonly missing?: DiscoveryError;
}

/** Looks names up. */
export class Resolver {
  readonly #options: ResolverOptions;

  constructor(options: ResolverOptions) {
    this.#options = options;
  }

  /**
   * All IPv4 and IPv6 addresses of a name.
   * @param name complete with a final dot; else the search list applies
   * @throws {DiscoveryError} if none was found
   */
  async addresses(name: string, signal: AbortSignal): Promise<LookedUp<string>> {
    const known = addressesIn(this.#options.hosts(), name);
    if (known.length > 0) return { records: known, ttlMs: Number.POSITIVE_INFINITY };
    const conf = this.#conf();
    return firstFound(candidatesOf(name, conf), (candidate) =>
      this.#addressesOf(candidate, conf, signal),
    );
  }

  /**
   * All SRV records of a name.
   * @throws {DiscoveryError} if there are none
   */
  async services(name: string, signal: AbortSignal): Promise<LookedUp<SrvData>> {
    const conf = this.#conf();
    return firstFound(candidatesOf(name, conf), async (candidate) => {
      const { records, ttlMs } = await this.#query({ name: candidate, type: 'SRV' }, conf, signal);
      // RFC 2782: the root as target says that there is no such service here.
      const targets = records
        .filter(isSrv)
        .filter(({ target, port }) => target !== '.' && port > 0);
      if (targets.length === 0)
        throw new DiscoveryError('empty', `${candidate} has no SRV records`);
      return { records: targets, ttlMs };
    });
  }

  #conf(): ResolvConf {
    const { server, resolvConf } = this.#options;
    const conf = parseResolvConf(resolvConf());
    return server === undefined ? conf : { ...conf, servers: [server] };
  }

  async #addressesOf(
    name: string,
    conf: ResolvConf,
    signal: AbortSignal,
  ): Promise<LookedUp<string>> {
    const asked = await Promise.allSettled([
      this.#query({ name, type: 'A' }, conf, signal),
      this.#query({ name, type: 'AAAA' }, conf, signal),
    ]);
    const answers = asked.filter((one) => one.status === 'fulfilled').map(({ value }) => value);
    const failures = asked.filter((one) => one.status === 'rejected').map(({ reason }) => reason);
    const records = answers.flatMap((answer) => answer.records).filter(isHost);
    const failure = failures.reduce<DiscoveryError | undefined>(worse, undefined);
    if (records.length === 0)
      throw failure ?? new DiscoveryError('empty', `${name} has no addresses`);
    const ttlMs = Math.min(...answers.map((answer) => answer.ttlMs));
    if (failure === undefined) return { records, ttlMs };
    return { records, ttlMs, missing: partial(failure) };
  }

  /**
   * Asks one server after the other, as many rounds as resolv.conf says.
   * @throws {DiscoveryError}
   */
  async #query(question: Question, conf: ResolvConf, signal: AbortSignal): Promise<DnsAnswer> {
    const { clock, newId } = this.#options;
    const options = { clock, newId, signal, timeoutMs: conf.timeoutMs };
    let last = new DiscoveryError('unreachable', 'there is no DNS server');
    for (let round = 0; round < conf.attempts; round++) {
      for (const server of conf.servers) {
        try {
          return answered(await ask(server, question, options), question, server);
        } catch (error) {
          if (!(error instanceof DiscoveryError) || error.kind === 'nxdomain') throw error;
          last = error;
        }
        if (signal.aborted) throw last;
      }
    }
    throw last;
  }
}

/** @throws {DiscoveryError} if the server says that it has no answer */
function answered(answer: DnsAnswer, { name }: Question, server: Address): DnsAnswer {
  const from = formatAddress(server);
  switch (answer.rcode) {
    case RCODE.noError:
      return answer;
    case RCODE.nxDomain:
      throw new DiscoveryError('nxdomain', `there is no ${name} (NXDOMAIN from ${from})`);
    case RCODE.servFail:
      throw new DiscoveryError('servfail', `SERVFAIL for ${name} from ${from}`);
    default:
      throw new DiscoveryError(
        'refused',
        `${from} does not answer for ${name} (code ${answer.rcode})`,
      );
  }
}

/**
 * The first candidate that is found. One that fails does not end the search, as in the C library: behind it
 * may be the name that was meant; if none is found, what failed is told rather than what does not exist.
 */
async function firstFound<T>(
  candidates: readonly string[],
  lookUp: (candidate: string) => Promise<LookedUp<T>>,
): Promise<LookedUp<T>> {
  let failure: DiscoveryError | undefined;
  for (const candidate of candidates) {
    try {
      return await lookUp(candidate);
    } catch (error) {
      failure = worse(failure, error);
    }
  }
  throw failure ?? new DiscoveryError('nxdomain', 'there is no name');
}

/** Of two failures the one that says less about the name: it may be there after all. */
export function worse(one: DiscoveryError | undefined, other: unknown): DiscoveryError {
  if (!(other instanceof DiscoveryError)) throw other;
  if (one === undefined) return other;
  const rank = ({ kind }: DiscoveryError): number => {
    if (kind === 'nxdomain') return 0;
    return kind === 'empty' ? 1 : 2;
  };
  return rank(other) > rank(one) ? other : one;
}

/** What is missing from an answer of which the rest was found. */
export function partial(failure: DiscoveryError): DiscoveryError {
  return new DiscoveryError('partial', `only part of it: ${failure.message}`);
}

function isSrv(record: string | SrvData): record is SrvData {
  return typeof record === 'object';
}

/** An address at which a host can be: neither `0.0.0.0`, by which names are blocked, nor a multicast group. */
function isHost(record: string | SrvData): record is string {
  if (typeof record !== 'string') return false;
  if (!isIPv4(record)) return record !== '::' && !/^ff/i.test(record);
  const [first] = record.split('.').map(Number);
  return first !== undefined && first > 0 && first < 224;
}
