/** L1 forwards, L2 spreads evenly. */

import { ask, askMany } from '../client.ts';
import { type Level, must } from '../level.ts';

const REQUESTS = 2_000;
const TOLERANCE_POINTS = 5;

export const forwards: Level = {
  number: 1,
  title: 'forwards',
  points: 10,
  backends: 1,
  async run({ subject: { port }, fleet }) {
    const plain = await ask(port, '/a/b?c=d&e=%20', { headers: { 'x-mine': 'kept' } });
    must(
      plain.status === 200,
      `GET was answered with ${plain.status || plain.error}, expected 200`,
    );
    must(plain.body === 'from b1\n', `the body was ${JSON.stringify(plain.body)}`);
    must(plain.headers['x-backend'] === 'b1', 'the header X-Backend of the answer is missing');
    const [seen] = fleet.seen('/a/b');
    must(seen?.url === '/a/b?c=d&e=%20', `the backend saw the target ${seen?.url}`);
    must(seen?.headers['x-mine'] === 'kept', 'the header X-Mine did not reach the backend');
    const body = 'The quick brown fox. '.repeat(5_000);
    const post = await ask(port, '/post', {
      method: 'POST',
      body,
      headers: { 'content-length': String(body.length) },
    });
    must(post.status === 200, `POST was answered with ${post.status || post.error}, expected 200`);
    must(
      fleet.seen('/post')[0]?.body === body,
      'the body of a POST did not reach the backend whole',
    );
    must(post.body === body, 'the body of the answer to a POST is not whole');
    const missing = await ask(port, '/status/404');
    must(missing.status === 404, `the status 404 became ${missing.status || missing.error}`);
    const large = await ask(port, '/large');
    must(large.body.length === 1 << 20, `of a body of 1 MiB ${large.body.length} bytes arrived`);
    const head = await ask(port, '/head', { method: 'HEAD' });
    must(
      head.status === 200 && head.body === '',
      `HEAD was answered with ${head.status || head.error}`,
    );
  },
};

export const spreads: Level = {
  number: 2,
  title: 'spreads evenly',
  points: 15,
  backends: 3,
  async run({ subject: { port }, fleet }) {
    const replies = await askMany(port, '/spread', REQUESTS, 4);
    const failed = replies.filter(({ status }) => status !== 200);
    must(
      failed.length === 0,
      `${failed.length} of ${REQUESTS} requests failed (${failed[0]?.error ?? failed[0]?.status})`,
    );
    const fair = 100 / fleet.backends.length;
    for (const { id } of fleet.backends) {
      const count = replies.filter(({ headers }) => headers['x-backend'] === id).length;
      const percent = (100 * count) / REQUESTS;
      must(
        Math.abs(percent - fair) <= TOLERANCE_POINTS,
        `${id} got ${percent.toFixed(1)} % of the requests, expected ${fair.toFixed(1)} ± ${TOLERANCE_POINTS}`,
      );
    }
  },
};
