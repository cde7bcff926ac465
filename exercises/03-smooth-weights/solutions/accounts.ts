/** An account for each member; sorting finds the richest. */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

/** My rule for ties. */
const TIES_TO_LAST = false;

interface Account {
  readonly endpoint: Endpoint;
  credit: number;
}

const create: StrategyFactory = (): Strategy => {
  let accounts: Account[] = [];
  return {
    prepare(members): void {
      accounts = members.map(
        (endpoint) => accounts.find((old) => old.endpoint === endpoint) ?? { endpoint, credit: 0 },
      );
    },
    pick(candidates): Endpoint {
      const open = accounts.filter(({ endpoint }) => endpoint.eligible);
      let paid = 0;
      for (const account of open) {
        account.credit += account.endpoint.weight;
        paid += account.endpoint.weight;
      }
      if (TIES_TO_LAST) open.reverse();
      const [richest] = open.toSorted((a, b) => b.credit - a.credit);
      if (richest === undefined) return candidates[0] as Endpoint;
      richest.credit -= paid;
      return richest.endpoint;
    },
  };
};
export default create;
