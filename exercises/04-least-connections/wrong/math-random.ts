/** Breaks ties by Math.random. @fails repeatable: pick \d+ was */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

const create: StrategyFactory = (): Strategy => ({
  pick(candidates: readonly Endpoint[]): Endpoint {
    const load = ({ inFlight, weight }: Endpoint): number => inFlight / weight;
    const least = Math.min(...candidates.map(load));
    const tied = candidates.filter((candidate) => load(candidate) === least);
    return tied[Math.floor(Math.random() * tied.length)] as Endpoint;
  },
});
export default create;
