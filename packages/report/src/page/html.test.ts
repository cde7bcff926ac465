import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { hostileText } from '../../test/support/arbitrary.ts';
import { html, jsonForScript } from './html.ts';

describe('html', () => {
  test.prop([hostileText])(
    'lets no value open a tag, end an attribute or start an entity',
    (text) => {
      const inner = html`${text}`.toString();
      expect(inner).not.toMatch(/[<>"']/);
      expect(inner.replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
    },
  );

  test('keeps markup as it is, escapes text once, and writes nothing for undefined', () => {
    const inner = html`<b>${'<i>'}</b>`;
    expect(html`<p>${inner}${null}${false}${undefined}${[1, '&']}</p>`.toString()).toBe(
      '<p><b>&lt;i&gt;</b>1&amp;</p>',
    );
  });
});

describe('jsonForScript', () => {
  test.prop([fc.anything({ withNullPrototype: false }), hostileText])(
    'can hold any value without ending its script, and gives it back',
    (value, text) => {
      const plain = JSON.parse(JSON.stringify({ value, text, [text]: text }));
      const script = jsonForScript(plain).toString();
      expect(script).not.toContain('<');
      expect(JSON.parse(script)).toEqual(plain);
    },
  );
});
