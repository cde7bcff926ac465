/** No control character gets into a log, and nothing else changes. */

import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { escapeControls, jsonLine } from './escape.ts';

const CONTROL = /\p{Cc}/u;

test('DEL and the C1 controls are written as escapes', () => {
  expect(jsonLine({ target: '/\u007f\u0080\u009b31m\u009f\u00a0é' })).toBe(
    '{"target":"/\\u007f\\u0080\\u009b31m\\u009f\u00a0é"}',
  );
  expect(escapeControls('a\u001b[31m\n\u0085b')).toBe('a\\u001b[31m\\u000a\\u0085b');
});

property.prop([fc.string({ unit: 'binary' })])(
  'a line says what it was made from, without a control character',
  (text) => {
    const line = jsonLine({ text });
    expect(line).not.toMatch(CONTROL);
    expect(JSON.parse(line)).toEqual({ text });
  },
);
