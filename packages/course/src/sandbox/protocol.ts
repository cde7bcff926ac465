/**
 * What the grader and the process that holds a submission say to each other: one line of JSON each way, one
 * question at a time. Endpoints travel as plain values; whatever is an object to a strategy is made in the child.
 */

import type { Outcome, RequestInfo } from '@evenkeel/core';

/** One endpoint's figures of the moment. `key` tells apart two that had the same slot one after another. */
export type EndpointRow = readonly [
  key: number,
  id: string,
  slot: number,
  weight: number,
  effectiveWeight: number,
  inFlight: number,
  eligible: 0 | 1,
];

/** What a strategy is told without being asked; sent along with the next question. */
export type HookCall =
  | { readonly hook: 'prepare'; readonly nowMs: number; readonly members: readonly EndpointRow[] }
  | { readonly hook: 'started'; readonly nowMs: number; readonly endpoint: EndpointRow }
  | {
      readonly hook: 'firstByte';
      readonly nowMs: number;
      readonly endpoint: EndpointRow;
      readonly afterMs: number;
    }
  | {
      readonly hook: 'settled';
      readonly nowMs: number;
      readonly endpoint: EndpointRow;
      readonly outcome: Outcome;
    };

/** A question to the child. */
export type Question =
  | {
      readonly op: 'create';
      readonly id: number;
      readonly seed: number;
      /** What the factory is called with; absent: clock and random. */
      readonly argument?: string;
      /** Methods that the object must have. */
      readonly methods: readonly string[];
    }
  | {
      readonly op: 'pick';
      readonly id: number;
      readonly nowMs: number;
      readonly hooks: readonly HookCall[];
      readonly candidates: readonly EndpointRow[];
      readonly others: readonly EndpointRow[];
      readonly request: RequestInfo;
    }
  | { readonly op: 'hooks'; readonly id: number; readonly hooks: readonly HookCall[] }
  | {
      readonly op: 'call';
      readonly id: number;
      readonly nowMs: number;
      readonly method: string;
      readonly args: readonly unknown[];
    }
  | { readonly op: 'drop'; readonly id: number }
  | { readonly op: 'churn'; readonly id: number; readonly picks: number };

/** What `create` found: which methods the object has, and its plain properties. */
export interface Created {
  readonly methods: readonly string[];
  readonly properties: Readonly<Record<string, number | boolean | string>>;
}

/** What the submission did wrong while it was asked. */
export interface Fault {
  /** `threw`: an exception; `contract`: an answer that the contract does not allow. */
  readonly kind: 'threw' | 'contract';
  readonly message: string;
  /** In the student's own file, from 1. */
  readonly line?: number;
}

/** The child's answer. `pick`: index among the candidates. `call`: what the method returned. */
export type Answer =
  | { readonly ok: true; readonly value?: unknown }
  | { readonly ok: false; readonly fault: Fault };

/** The name under which a submission is compiled, so that its lines are found in stacks. */
export const SUBMISSION_NAME = 'exercise.ts';
