/**
 * Peak EWMA: of two endpoints drawn by chance, the one where the next answer is expected sooner.
 *
 * Sees slowness that connection counts do not: an endpoint on a worse path, or with a cold cache.
 * Reacts to the first slow answer, and forgives within seconds.
 *
 * Cost: O(1). Wrong where requests differ much in cost by kind (it blames the endpoint for the work it
 * was given), and where errors are quick and pass for answers: an instant 500 looks fast.
 * Source: Finagle's `P2CPeakEwma`; Linkerd.
 */

import type { StrategyEntry } from './entry.ts';
import { PEAK_EWMA_DECAY_MS, peakEwma } from './latency-loads.ts';
import { number, parseOptions } from './options.ts';
import { powerOfTwo } from './power-of-two.ts';

const AN_HOUR_MS = 3_600_000;
const OPTIONS = { decayMs: number(PEAK_EWMA_DECAY_MS, 1, AN_HOUR_MS) };

export const peakEwmaEntry: StrategyEntry = {
  name: 'peak-ewma',
  about: 'of two drawn by chance, the one expected to answer sooner; for endpoints that slow down',
  create: (raw = {}) => {
    const options = parseOptions('peak-ewma', raw, OPTIONS);
    return powerOfTwo((environment) => peakEwma(environment, options));
  },
};
