/**
 * Sticky sessions: a request whose session is bound to an endpoint goes there while it may be
 * chosen; any other goes where another strategy says, and the driver then binds its session to
 * that.
 *
 * The driver carries the binding (a signed cookie) and hands it over as `request.affinity`, already
 * verified. So when an endpoint dies its sessions move once, and stay where they went.
 *
 * Cost: that of a look-up by id, plus the other strategy's for new sessions. Wrong when sessions
 * keep no state at the endpoint: they only make load uneven, and new endpoints fill slowly. Source:
 * HAProxy `cookie insert`, nginx Plus `sticky cookie`.
 */

import type { Endpoint, StrategyFactory } from '../strategy.ts';
import { OptionError, type RawOptions, type StrategyEntry } from './entry.ts';
import { type OptionSpec, optionError, parseOptions } from './options.ts';
import { relay } from './relay.ts';

/** See the head of this file; `fallback` places new sessions. */
export function sticky(fallback: StrategyFactory): StrategyFactory {
  return (environment) => {
    const inner = fallback(environment);
    const byId = new Map<string, Endpoint>();
    const outer = relay(inner, (candidates, request) => {
      const bound = request.affinity === undefined ? undefined : byId.get(request.affinity);
      return bound?.eligible === true ? bound : inner.pick(candidates, request);
    });
    return {
      ...outer,
      prepare: (members) => {
        byId.clear();
        for (const member of members) byId.set(member.id, member);
        inner.prepare?.(members);
      },
    };
  };
}

const EXPECTED = 'the name of a strategy without a routing key, or { name, options }';

type FallbackSetting = string | { readonly name: string; readonly options?: RawOptions };

const FALLBACK: OptionSpec<FallbackSetting> = {
  initial: 'least-connections',
  expected: EXPECTED,
  accepts: (value): value is FallbackSetting => {
    if (typeof value === 'string') return true;
    if (typeof value !== 'object' || value === null || !('name' in value)) return false;
    const options = 'options' in value ? value.options : undefined;
    const isOptions = options === undefined || (typeof options === 'object' && options !== null);
    return typeof value.name === 'string' && isOptions;
  },
};

/** @param named the registry's look-up, which cannot be imported here: it lists this entry */
export function stickyEntry(named: (name: string) => StrategyEntry): StrategyEntry {
  return {
    name: 'sticky',
    about: 'stays with the endpoint that a session is bound to; new ones by another strategy',
    create: (raw = {}) => {
      const { fallback } = parseOptions('sticky', raw, { fallback: FALLBACK });
      const { name, options } = typeof fallback === 'string' ? { name: fallback } : fallback;
      const entry = fallbackNamed(named, name);
      if (entry.name === 'sticky' || entry.key !== undefined) {
        throw optionError('sticky', 'fallback', EXPECTED, fallback);
      }
      return sticky(entry.create(options));
    },
  };
}

function fallbackNamed(named: (name: string) => StrategyEntry, name: string): StrategyEntry {
  try {
    return named(name);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new OptionError(`strategy sticky: option fallback: ${why}`, { cause });
  }
}
