/**
 * Does a pick allocate? Run by allocation.test.ts as a process of its own, with `--expose-gc` and a
 * young generation so large that nothing is collected while it counts. For every strategy: rounds
 * of 10⁶ picks among 16 members of a real pool, and by how much each makes the heap grow. The first
 * ones are the warm-up. When the compiler, in a thread of its own, is done with it depends on what
 * else the machine does, so the rounds end when one is clean. Prints the last round's growth as
 * JSON.
 */

import {
  type Clock,
  type EndpointSpec,
  type RequestInfo,
  randomChoice,
  seededRandom,
  strategies,
} from '../src/index.ts';
import { EndpointPool } from '../src/pool/endpoint-pool.ts';

const ENDPOINTS = 16;
const PICKS = 1_000_000;
const REQUESTS = 1_024;
const CLEAN_BYTES = 32 * 1_024;
const MOST_ROUNDS = 12;

const clock: Clock = { now: () => 0, after: () => 1, cancel: () => {} };

const requests: RequestInfo[] = [];
const draw = seededRandom(1);
for (let i = 0; i < REQUESTS; i++) {
  requests.push({ hash: Math.floor(draw.next() * 2 ** 32), idempotent: true });
}

const grownBytes: Record<string, number> = {};
for (const { name, create } of strategies) {
  const random = seededRandom(2);
  const strategy = create()({ clock, random });
  const pool = new EndpointPool({ clock, random, strategy });
  const specs: EndpointSpec[] = [];
  for (let i = 0; i < ENDPOINTS; i++) specs.push({ id: `e${i}`, weight: 1 + (i % 3) });
  pool.update(specs);
  const chance = randomChoice({ clock, random });
  for (let i = 0; i < 2 * ENDPOINTS; i++) {
    const attempt = pool.startAt(chance.pick(pool.ready, requests[i] as RequestInfo));
    if (typeof attempt === 'string') throw new Error(`no attempt: ${attempt}`);
    // Some endpoints have answered and some have not: both are paths of a latency strategy.
    if (i % 3 === 0) attempt.firstByte();
  }

  const grownByRound = (): number => {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < PICKS; i++) {
      strategy.pick(pool.ready, requests[i % REQUESTS] as RequestInfo);
    }
    return process.memoryUsage().heapUsed - before;
  };
  let grown = grownByRound();
  for (let round = 1; round < MOST_ROUNDS && grown > CLEAN_BYTES; round++) grown = grownByRound();
  grownBytes[name] = grown;
}
console.log(JSON.stringify(grownBytes));
