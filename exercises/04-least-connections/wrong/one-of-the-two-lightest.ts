/** Draws between the two lightest. @fails least: with load [\d.]+, while */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

const create: StrategyFactory = ({ random }): Strategy => ({
  pick(candidates: readonly Endpoint[]): Endpoint {
    const load = ({ inFlight, weight }: Endpoint): number => inFlight / weight;
    const lightest = candidates.toSorted((a, b) => load(a) - load(b)).slice(0, 2);
    return lightest[random.below(lightest.length)] as Endpoint;
  },
});
export default create;
