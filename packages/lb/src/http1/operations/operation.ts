/**
 * What an operation on a request is, and what it may see. Operations are made once per configuration; a
 * route has a list of those that it needs, so that what is not configured is not even asked about.
 */

import type { ResponseVariable } from '@evenkeel/config';
import type { RequestFacts } from '../../stream.ts';
import type { Refusal } from '../refusals.ts';

/** A request, as far as operations look at it; what each variable of a text stands for. */
export interface OperatedRequest extends Readonly<Record<ResponseVariable, string>> {
  /** Field lines that its response carries, each with its line end. */
  responseLines: string;
}

/**
 * Looks at a request before a backend is picked.
 * @returns how it is answered; undefined: it goes on
 */
export type Check = (request: OperatedRequest, facts: RequestFacts) => Refusal | undefined;

/** Makes a text of its parts. */
export type Render = (request: OperatedRequest) => string;
