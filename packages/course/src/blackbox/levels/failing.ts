/** L3 skips dead backends, L4 recovers, L5 retries safely. */

import { setTimeout as sleep } from 'node:timers/promises';
import { ask, askMany, type Reply } from '../client.ts';
import { type Level, must, type Stage } from '../level.ts';

const DETECT_MS = 10_000;
const RECOVER_MS = 15_000;
const STEP_MS = 250;
/** Of the requests while one of three is known to be dead: without skipping it a third would fail. */
const SKIPPED_SHARE = 0.9;

/** Traffic while time passes: some programs notice a death by the traffic alone. */
async function traffic(
  port: number,
  forMs: number,
  isEnough: () => boolean = () => false,
): Promise<Reply[]> {
  const endMs = performance.now() + forMs;
  const replies: Reply[] = [];
  while (performance.now() < endMs && !isEnough()) {
    replies.push(...(await askMany(port, '/traffic', 4, 4)));
    await sleep(STEP_MS);
  }
  return replies;
}

async function expectAllOk(
  { subject: { port } }: Stage,
  path: string,
  when: string,
): Promise<void> {
  const replies = await askMany(port, path, 200, 4);
  const failed = replies.filter(({ status }) => status !== 200);
  const why = failed[0]?.error ?? `status ${failed[0]?.status}`;
  must(failed.length === 0, `${when}, ${failed.length} of 200 requests failed (${why})`);
}

export const skips: Level = {
  number: 3,
  title: 'skips dead backends',
  points: 15,
  backends: 3,
  async run(stage) {
    const [, dead] = stage.fleet.backends;
    await askMany(stage.subject.port, '/before', 12, 2);
    await dead?.kill();
    await traffic(stage.subject.port, DETECT_MS);
    await expectAllOk(stage, '/dead', `${DETECT_MS / 1000} s after b2 was killed`);
  },
};

export const recovers: Level = {
  number: 4,
  title: 'recovers',
  points: 15,
  backends: 3,
  async run(stage) {
    const { port } = stage.subject;
    const [, victim] = stage.fleet.backends;
    await askMany(port, '/before', 12, 2);
    await victim?.kill();
    await traffic(port, DETECT_MS / 2);
    const late = await traffic(port, DETECT_MS / 2);
    const answered = late.filter(({ status }) => status === 200).length;
    must(
      answered >= SKIPPED_SHARE * late.length,
      `b2 was dead and not skipped: ${late.length - answered} of ${late.length} requests failed`,
    );
    await victim?.start();
    const back = (): boolean =>
      stage.fleet.seen('/traffic').filter((s) => s.backend === 'b2').length > 0;
    victim?.seen.splice(0);
    await traffic(port, RECOVER_MS, back);
    must(back(), `b2 was back for ${RECOVER_MS / 1000} s and got no request`);
    await sleep(1_000);
    const replies = await askMany(port, '/after', 300, 4);
    const share = replies.filter(({ headers }) => headers['x-backend'] === 'b2').length / 3;
    must(
      share >= 20,
      `b2 is back and got ${share.toFixed(0)} % of the requests, expected at least 20`,
    );
  },
};

export const retries: Level = {
  number: 5,
  title: 'retries safely',
  points: 15,
  backends: 3,
  async run(stage) {
    const { port } = stage.subject;
    const { backends } = stage.fleet;
    const [first, second] = backends;
    await askMany(port, '/before', 12, 2);
    await second?.kill();
    await expectAllOk(stage, '/get', 'right after b2 was killed');
    await second?.start();
    await traffic(port, 3_000);
    if (first !== undefined) first.mode = 'drop';
    const posts = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        ask(port, `/post/${i}.`, { method: 'POST', body: 'once' }),
      ),
    );
    for (const [i, { status }] of posts.entries()) {
      const seen = stage.fleet.seen(`/post/${i}.`);
      must(
        seen.length <= 1,
        `a POST reached ${seen.map((s) => s.backend).join(' and then ')}: it must be sent once only`,
      );
      const isLost = seen.length === 1 && seen[0]?.backend === 'b1';
      must(
        !isLost || status === 0 || status >= 500,
        `a POST that b1 did not answer was answered with ${status}`,
      );
    }
    const reached = stage.fleet.seen('/post/').filter(({ backend }) => backend === 'b1').length;
    must(
      reached > 0 || posts.every(({ status }) => status === 200),
      'no POST reached b1, and yet some failed',
    );
  },
};
