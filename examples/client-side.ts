/** Balancing on the side of the client, without a proxy: pnpm exec node examples/client-side.ts [BACKEND…] */

import { balancedFetch, UnansweredError } from '@evenkeel/lb/fetch';

const backends = process.argv.slice(2);
const fetch = balancedFetch({ backends, strategy: 'peak-ewma', health: { intervalMs: 1000 } });

for (let i = 0; i < 4; i++) {
  try {
    const response = await fetch(`/users?page=${i}`);
    console.log(response.status, await response.text());
  } catch (error) {
    const { cause } = error as Error;
    if (!(cause instanceof UnansweredError)) throw error;
    console.log(`${cause.code} after ${cause.attempts} attempts`);
  }
}
