/** What clients may notice when backends die, by count: nothing that could be prevented. */

import { describe, expect, it } from 'vitest';
import { failures, scenarioWith, underChaos } from './support/gate.ts';

describe('deaths', () => {
  it('SIGKILL of one of four fails no idempotent request whose answer had not begun', async () => {
    const { run, suspects } = await underChaos(scenarioWith('one-dies', {}));
    const { truncated: _, reset: __, ...preventable } = failures(run);
    expect(preventable).toEqual({});
    expect(suspects).toEqual({ lost: [], servedTwice: [], unfounded: [], toKnownDead: [] });
    expect(run.faults).toHaveLength(1);
    expect(run.requests.sent).toBeGreaterThan(2000);
  });

  it('a rolling restart fails no idempotent request', async () => {
    const load = { durationMs: 7000, postShare: 0 };
    const { run, suspects } = await underChaos(scenarioWith('rolling-restart', { load }));
    expect(failures(run)).toEqual({});
    expect(suspects).toMatchObject({ lost: [], unfounded: [] });
    expect(run.faults).toHaveLength(4);
  });

  it('a SIGKILL under POSTs loses none and doubles none: what cannot be repeated is answered', async () => {
    const load = { postShare: 1, bodyBytes: 200, durationMs: 3500 };
    const { run, suspects } = await underChaos(scenarioWith('one-dies', { load }));
    const { status5xx: _, truncated: __, reset: ___, ...others } = failures(run);
    expect(others).toEqual({});
    expect(suspects).toMatchObject({ lost: [], servedTwice: [] });
    // Those it had in hand; without a retry of refused dials it would be a quarter of all.
    expect(run.requests.errors.status5xx).toBeLessThan(0.1 * run.requests.sent);
  });
});
