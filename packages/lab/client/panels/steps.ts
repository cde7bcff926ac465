/** A counter-example, step by step: each endpoint's state, what was picked, and which law broke at the end. */

import type { Step, StepFilm } from '../../src/state/lab-file.ts';
import { button, byId, el, setText } from '../dom.ts';

/** Shows the film of a counter-example, at its last step. */
export function showSteps(film: StepFilm): void {
  const place = byId('steps');
  place.hidden = false;
  const last = Math.max(0, film.steps.length - 1);
  const line = el('input', { type: 'range', id: 'step', min: 0, max: last, step: 1 });
  line.value = String(last);
  const what = el('p', { class: 'step-what', 'aria-live': 'polite' });
  const law = el('p', { class: 'problem' }, film.law);
  const endpoints = el('ul', { class: 'step-endpoints' });
  const show = (): void => {
    const at = Number(line.value);
    const step = film.steps[at];
    if (step === undefined) return;
    setText(what, `Step ${at + 1} of ${last + 1}: ${step.what}${picked(step)}`);
    endpoints.replaceChildren(...step.endpoints.map((one) => endpoint(step, one)));
    law.hidden = at !== last;
  };
  const go = (by: number): void => {
    line.value = String(Number(line.value) + by);
    show();
  };
  line.addEventListener('input', show);
  place.replaceChildren(
    el('h2', {}, film.title),
    what,
    endpoints,
    law,
    el(
      'p',
      { class: 'row' },
      button('Back', () => go(-1)),
      button('On', () => go(1)),
      el('label', { for: 'step' }, 'Step'),
      line,
    ),
  );
  show();
  place.scrollIntoView({ block: 'nearest' });
}

const picked = ({ picked: id }: Step): string => (id === undefined ? '' : `, which goes to ${id}`);

function endpoint(step: Step, { id, state, inFlight }: Step['endpoints'][number]): HTMLElement {
  return el(
    'li',
    { class: id === step.picked ? 'is-picked' : '', 'data-state': state },
    el('strong', {}, id),
    el('span', {}, state),
    el('span', {}, `${inFlight} in flight`),
  );
}
