/** A load balancer within a program of your own: pnpm exec node examples/library.ts [BACKEND…] */

import { createLoadBalancer } from '@evenkeel/lb';

const backends = process.argv.slice(2);
const balancer = createLoadBalancer({
  listen: { port: 0 },
  backends: backends.length > 0 ? backends : ['http://127.0.0.1:9001', 'http://127.0.0.1:9002'],
  strategy: 'power-of-two',
  health: { intervalMs: 1000 },
});

balancer.events.on('state', ({ endpoint, from, to, reason }) => {
  console.log(`${endpoint}: ${from} → ${to} (${reason})`);
});

const { port } = await balancer.listen();
console.log(`listening on http://127.0.0.1:${port}`);

// Operating it in code; the admin API makes the same changes.
const [first] = balancer.backends;
if (first !== undefined) {
  balancer.patch(first.id, { maxConnections: 100 });
  balancer.drain(first.id);
  balancer.patch(first.id, { state: null });
}
balancer.setStrategy('least-connections');

process.once('SIGTERM', () => balancer.close());
