/**
 * Closed forms of queueing theory that a simulator has to meet. Everywhere: Poisson arrivals, mean
 * service time 1, load = arrival rate per server, responses in service times.
 */

/** M/M/1: random split of Poisson arrivals over any number of servers. */
export function mm1Mean(load: number): number {
  return 1 / (1 - load);
}

/** M/M/1 first come first served: the response time is exponential. p in [0, 1). */
export function mm1Quantile(load: number, p: number): number {
  return -Math.log(1 - p) / (1 - load);
}

/**
 * Erlang's C: the share of arrivals at c servers that have to wait. By the recursion of Erlang's B, which
 * does not overflow.
 */
export function erlangC(servers: number, load: number): number {
  const offered = servers * load;
  let blocked = 1;
  for (let k = 1; k <= servers; k++) blocked = (offered * blocked) / (k + offered * blocked);
  return blocked / (1 - load * (1 - blocked));
}

/** M/M/c, one shared queue: a lower bound for every policy that dispatches at once. */
export function mmcMean(servers: number, load: number): number {
  return 1 + erlangC(servers, load) / (servers * (1 - load));
}

/** M/G/1 first come first served (Pollaczek, Khinchine); `squaredCv` of the service time. */
export function mg1Mean(load: number, squaredCv: number): number {
  return 1 + ((load / (1 - load)) * (1 + squaredCv)) / 2;
}

/**
 * E_n/M/1: round robin over n servers gives each every n-th arrival. Solves σ = (nλ/(nλ+1−σ))^n by
 * iteration from 0, which climbs to the smaller root, the one below 1.
 */
export function erlangRoot(servers: number, load: number): number {
  const rate = servers * load;
  let sigma = 0;
  for (let i = 0; i < 10_000; i++) {
    const next = (rate / (rate + 1 - sigma)) ** servers;
    if (Math.abs(next - sigma) < 1e-15) break;
    sigma = next;
  }
  return sigma;
}

/** Mean response under round robin. */
export function roundRobinMean(servers: number, load: number): number {
  return 1 / (1 - erlangRoot(servers, load));
}

/**
 * Power of d ≥ 2 choices among infinitely many servers (Vvedenskaya, Dobrushin, Karpelevich; Mitzenmacher),
 * for 0 < load < 1: Σ load^((d^i − d)/(d − 1)), whose terms fall faster than geometrically.
 */
export function powerOfChoicesMean(load: number, choices = 2): number {
  let sum = 0;
  for (let i = 1; ; i++) {
    const term = powerOfChoicesTail(load, i, choices) / load;
    sum += term;
    if (!(term >= 1e-12)) return sum;
  }
}

/** Share of servers with at least k requests, under power of d choices. */
export function powerOfChoicesTail(load: number, k: number, choices = 2): number {
  return load ** ((choices ** k - 1) / (choices - 1));
}

/** Poisson split in proportion to speed: n/(Σμ − Λ), in the unit in which the speeds are given. */
export function weightedSplitMean(speeds: readonly number[], rate: number): number {
  return speeds.length / (speeds.reduce((a, b) => a + b, 0) - rate);
}

/** Attempts per request where each fails with probability p and r retries are allowed. */
export function retryAttempts(p: number, retries: number): number {
  return (1 - p ** (retries + 1)) / (1 - p);
}
