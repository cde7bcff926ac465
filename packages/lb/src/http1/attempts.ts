/**
 * The attempts that run for one request, and their conversations: one, or two while it is hedged. The one
 * whose backend has spoken last is the present one: what the exchange does, it does with that.
 */

import type { Attempt } from '@evenkeel/core';
import type { Conversation } from './conversation.ts';

export class Attempts {
  readonly #newConversation: () => Conversation;
  /** Of the present attempt, or of the last one. */
  conversation: Conversation;
  /** Undefined once it has ended. */
  present: Attempt | undefined;
  /** Made for the first request that is hedged on this connection. */
  #otherConversation: Conversation | undefined;
  /** The attempt that runs beside the present one. */
  other: Attempt | undefined;
  /** Two have run for this request. */
  isHedged = false;

  constructor(newConversation: () => Conversation) {
    this.#newConversation = newConversation;
    this.conversation = newConversation();
  }

  /** Begins a request: none runs. */
  clear(): void {
    this.present = undefined;
    this.other = undefined;
    this.isHedged = false;
    this.conversation.begin();
  }

  /**
   * Begins the talk with the backend of an attempt, beside one that runs.
   * @param parent the end of its `traceparent`; empty: it is not traced
   */
  start(attempt: Attempt, parent: string): void {
    if (this.present !== undefined) {
      this.isHedged = true;
      this.#swap();
    }
    this.present = attempt;
    this.conversation.start(attempt.endpoint, parent);
  }

  /** The backend of this conversation has spoken. */
  spoke(conversation: Conversation): void {
    if (conversation !== this.conversation) this.#swap();
  }

  /** The present attempt has ended. @returns it, to be settled */
  take(): Attempt | undefined {
    const { present } = this;
    this.present = undefined;
    return present;
  }

  /** Stops the talk of an attempt that is given up. */
  abort(attempt: Attempt): void {
    if (attempt !== this.present) this.#swap();
    this.present = undefined;
    this.conversation.stop();
    if (this.other !== undefined) this.#swap();
  }

  #swap(): void {
    const { conversation, present } = this;
    this.conversation = this.#otherConversation ?? this.#newConversation();
    this.#otherConversation = conversation;
    this.present = this.other;
    this.other = present;
  }
}
