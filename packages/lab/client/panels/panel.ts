/** A part of the side column that opens and closes. */

import { byId, el } from '../dom.ts';

/** Appends it; what it holds is `content`. */
export function addPanel(title: string, content: readonly Node[], isOpen = false): HTMLElement {
  const panel = el(
    'details',
    { class: 'panel', open: isOpen },
    el('summary', {}, el('h2', {}, title)),
    el('div', { class: 'panel-content' }, ...content),
  );
  byId('panels').append(panel);
  return panel;
}
