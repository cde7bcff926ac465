/** Takes turns and looks at nothing. @fails mixed-machines: % more than */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

const create: StrategyFactory = (): Strategy => {
  let turn = 0;
  return {
    pick: (candidates: readonly Endpoint[]): Endpoint =>
      candidates[turn++ % candidates.length] as Endpoint,
  };
};
export default create;
