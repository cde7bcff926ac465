import { describe, expect, it } from 'vitest';
import { OverdueError, outcomeOfError, outcomeOfStatus } from './classify.ts';

const failure = (code: string): Error => Object.assign(new Error(code), { code });

describe('how a request ended', () => {
  it.each([
    [200, 'ok'],
    [204, 'ok'],
    [304, 'ok'],
    [404, 'status4xx'],
    [499, 'status4xx'],
    [500, 'status5xx'],
    [503, 'status5xx'],
  ] as const)('status %i is %s', (status, outcome) => {
    expect(outcomeOfStatus(status)).toBe(outcome);
  });

  it.each([
    ['ECONNREFUSED', 'refused', 'refused'],
    ['ECONNRESET', 'closed', 'reset'],
    ['EPIPE', 'closed', 'reset'],
    ['UND_ERR_SOCKET', 'closed', 'truncated'],
    ['HPE_INVALID_EOF_STATE', 'closed', 'truncated'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'closed', 'truncated'],
    ['UND_ERR_CONNECT_TIMEOUT', 'silent', 'timeout'],
    ['HPE_INVALID_CONSTANT', 'other', 'other'],
  ] as const)('%s is %s before the head and %s after it', (code, before, after) => {
    expect(outcomeOfError(failure(code), false)).toBe(before);
    expect(outcomeOfError(failure(code), true)).toBe(after);
  });

  it('a request given up is silent before the head and a timeout after it', () => {
    const overdue = new OverdueError('late');
    expect(outcomeOfError(overdue, false)).toBe('silent');
    expect(outcomeOfError(overdue, true)).toBe('timeout');
  });
});
