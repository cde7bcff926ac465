import { describe, expect, test } from 'vitest';
import { foreignRequest } from './foreign-request.ts';

describe('a request is served', () => {
  test.each([
    [{}],
    [{ host: 'localhost' }],
    [{ host: 'LOCALHOST:9900' }],
    [{ host: '127.0.0.1:9900' }],
    [{ host: '10.1.2.3' }],
    [{ host: '[::1]:9900' }],
    [{ host: '[::1]' }],
    [{ host: 'localhost:9900', origin: 'http://localhost:9900' }],
    [{ host: 'localhost:9900', origin: 'https://LocalHost:9900' }],
  ])('%o', (request) => {
    expect(foreignRequest(request)).toBeUndefined();
  });

  test('under the name that it listens on', () => {
    expect(foreignRequest({ host: 'Fleet:9000' }, 'fleet')).toBeUndefined();
  });
});

describe('a request is refused', () => {
  test.each([
    [{ host: 'evil.example' }],
    [{ host: 'localhost.evil.example' }],
    [{ host: '127.0.0.1.evil.example:80' }],
    [{ host: '1.2.3.4.5' }],
    [{ host: 'localhost.' }],
    [{ host: 'fleet:9000' }],
    [{ host: '127.0.0.1:1', origin: 'http://evil.example' }],
    [{ host: '127.0.0.1:1', origin: 'http://127.0.0.1:2' }],
    [{ host: '127.0.0.1:1', origin: 'http://127.0.0.1' }],
    [{ host: '127.0.0.1:1', origin: 'ftp://127.0.0.1:1' }],
    [{ host: '127.0.0.1:1', origin: 'null' }],
    [{ host: '127.0.0.1:1', origin: '' }],
    [{ host: 'evil.example', origin: 'http://evil.example' }],
  ])('%o', (request) => {
    expect(foreignRequest(request)).toMatch(/not served|may be the host/);
  });
});
