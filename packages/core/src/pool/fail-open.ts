/**
 * Fail-open: in a panic, endpoints that are down but answer their checks get traffic again. A health
 * page that is wrong about a whole fleet must not end all service; an endpoint that refuses or is
 * silent could not serve, and stays out. So does one whose traffic fails as well, until its ejection
 * ends.
 */

import type { Candidates } from './candidates.ts';
import type { PoolMember } from './member.ts';

/** What a review has changed. */
export interface FailOpenChange {
  readonly readmitted: readonly PoolMember[];
  readonly dismissed: readonly PoolMember[];
}

const NO_CHANGE: FailOpenChange = { readmitted: [], dismissed: [] };

/** Keeps the members of one pool that fail open. */
export class FailOpen {
  /** Those that are down and answered their last check. */
  readonly #answering = new Set<PoolMember>();
  readonly #readmitted = new Set<PoolMember>();

  /** Its health was set. @param isAnswered by the last check */
  healthSet(member: PoolMember, isAnswered: boolean): void {
    if (member.health === 'down' && isAnswered) this.#answering.add(member);
    else this.#answering.delete(member);
  }

  left(member: PoolMember): void {
    this.#answering.delete(member);
    this.#readmitted.delete(member);
  }

  /**
   * Decides anew which members are readmitted, without telling. A time in proportion to the
   * membership, while there is any to decide about.
   */
  review(candidates: Candidates): FailOpenChange {
    const isIdle = !candidates.canPanic || this.#answering.size === 0;
    if (isIdle && this.#readmitted.size === 0) return NO_CHANGE;
    const panics = candidates.levelsInPanic();
    const isWanted = (member: PoolMember): boolean =>
      this.#answering.has(member) &&
      member.inService &&
      !member.isEjected &&
      panics[member.level] === true;
    const dismissed = [...this.#readmitted].filter((member) => !isWanted(member));
    const readmitted = [...this.#answering].filter((m) => !m.isReadmitted && isWanted(m));
    for (const member of dismissed) {
      member.isReadmitted = false;
      member.warmsNext = member.health !== 'up';
      this.#readmitted.delete(member);
    }
    for (const member of readmitted) {
      member.isReadmitted = true;
      // There are too few: none is spared.
      member.warmsNext = false;
      this.#readmitted.add(member);
    }
    return { readmitted, dismissed };
  }
}
