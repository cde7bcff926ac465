/**
 * The operations of one route, in the order in which a request meets them: allow and deny, rate limit,
 * redirect, fixed response; then its path and fields on the way to the backend, and the fields of the response on the
 * way back. What can refuse comes first, so that nothing is done for a request that is refused.
 */

import type { RequestFacts } from '../../stream.ts';
import type { Refusal } from '../refusals.ts';
import { type Access, accessCheck } from './access.ts';
import { type FixedResponse, type Redirect, redirectCheck, respondCheck } from './answers.ts';
import { FieldEdits, type FieldEditsConfig } from './field-edits.ts';
import type { Check, OperatedRequest } from './operation.ts';
import type { PrefixEdit } from './prefix.ts';
import { type RateLimit, type RateLimits, rateCheck } from './rate-limit.ts';

/** What a route does, complete; what is left out is not done. */
export interface OperationsConfig {
  readonly access?: Access;
  readonly rateLimit?: RateLimit;
  readonly redirect?: Redirect;
  readonly respond?: FixedResponse;
  readonly prefix?: PrefixEdit;
  readonly request?: FieldEditsConfig;
  readonly response?: FieldEditsConfig;
}

export class RouteOperations {
  readonly #checks: readonly Check[];
  readonly prefix: PrefixEdit | undefined;
  readonly request: FieldEdits | undefined;
  readonly response: FieldEdits | undefined;

  /** @param now monotonic milliseconds */
  constructor(config: OperationsConfig, limits: RateLimits, now: () => number) {
    const { access, rateLimit, redirect, respond, prefix, request, response } = config;
    const checks: (Check | undefined)[] = [
      access && accessCheck(access),
      rateLimit && rateCheck(rateLimit, limits.bucketsOf(rateLimit, now)),
      redirect && redirectCheck(redirect),
      respond && respondCheck(respond),
    ];
    this.#checks = checks.filter((check) => check !== undefined);
    this.prefix = prefix;
    this.request = request && new FieldEdits(request);
    this.response = response && new FieldEdits(response);
  }

  /** The field lines that the response carries, each with its line end. */
  responseLines(request: OperatedRequest): string {
    const { responseLines } = request;
    return this.response === undefined
      ? responseLines
      : responseLines + this.response.lines(request);
  }

  /** @returns how the request is answered; undefined: it goes to a backend */
  check(request: OperatedRequest, facts: RequestFacts): Refusal | undefined {
    for (const check of this.#checks) {
      const refusal = check(request, facts);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }
}
