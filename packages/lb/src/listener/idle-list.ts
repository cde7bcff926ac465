/**
 * A list of what is idle, in the order in which it became so. A linked list, since each request takes its
 * connection out and puts it back: a set would be built anew every few requests.
 */

/** A member's place in one list. */
export class IdlePlace<T> {
  readonly member: T | undefined;
  #before: IdlePlace<T> = this;
  #after: IdlePlace<T> = this;

  /** @param member undefined: the head of a list */
  constructor(member: T | undefined) {
    this.member = member;
  }

  get next(): IdlePlace<T> {
    return this.#after;
  }

  /** Out of its list; nothing if it is in none. */
  leave(): void {
    this.#before.#after = this.#after;
    this.#after.#before = this.#before;
    this.#before = this;
    this.#after = this;
  }

  /** To the end of the list with this head, from wherever it is. */
  enter(head: IdlePlace<T>): void {
    this.leave();
    this.#before = head.#before;
    this.#after = head;
    this.#before.#after = this;
    head.#before = this;
  }
}
