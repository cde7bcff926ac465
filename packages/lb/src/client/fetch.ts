/** @evenkeel/lb/fetch: `fetch` over a group of backends. Needs the package `undici`. */

import { Dispatcher, fetch, type RequestInfo, type RequestInit, type Response } from 'undici';
import { BalancedClient, type ClientBalancer, type ClientOptions } from './balanced-client.ts';

export type { ClientBalancer, ClientOptions } from './balanced-client.ts';
export { type UnansweredCode, UnansweredError } from './error.ts';

/** `fetch` whose requests are balanced. */
export interface BalancedFetch {
  /**
   * As `fetch`. The origin of the URL says nothing about where it is sent, and may be left out (`/users?id=1`);
   * redirects to other origins are followed there.
   * @throws {TypeError} as `fetch` does; its `cause` is an {@link UnansweredError} if no backend answered
   */
  (input: RequestInfo, init?: RequestInit): Promise<Response>;
  /** How it is operated: backends, events, metrics, and the calls that change them. */
  readonly balancer: ClientBalancer;
}

/** Stands for the group where a URL has no origin of its own. */
const ORIGIN = 'http://backends';

/**
 * Makes a `fetch` that sends each request to one of the backends, as the strategy picks, checks their health, and tries
 * elsewhere where that is safe.
 * @throws {ConfigError} if the configuration cannot be used
 */
export function balancedFetch(options: ClientOptions): BalancedFetch {
  const balancer = new BalancedClient(options);
  const balanced = (input: RequestInfo, init: RequestInit = {}): Promise<Response> => {
    const isPath = typeof input === 'string' && input.startsWith('/') && !input.startsWith('//');
    const target = isPath ? ORIGIN + input : input;
    const { origin, protocol } = new URL(
      target instanceof URL || typeof target === 'string' ? target : target.url,
    );
    if (protocol !== 'http:') {
      return Promise.reject(new TypeError(`only http: is balanced, got ${protocol}`));
    }
    return fetch(target, { ...init, dispatcher: new CallDispatcher(balancer, origin) });
  };
  return Object.assign(balanced, { balancer });
}

/** One call's: what goes to the origin that was asked for is balanced, redirects to others are not. */
class CallDispatcher extends Dispatcher {
  readonly #balancer: BalancedClient;
  readonly #origin: string;

  constructor(balancer: BalancedClient, origin: string) {
    super();
    this.#balancer = balancer;
    this.#origin = origin;
  }

  override dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    if (options.origin !== this.#origin) return this.#balancer.agent.dispatch(options, handler);
    this.#balancer.dispatch(options, handler);
    return true;
  }
}
