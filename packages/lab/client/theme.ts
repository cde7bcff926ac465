/** Light or dark: what the system prefers, until the reader says otherwise. */

import { byId, setAttribute } from './dom.ts';

const dark = matchMedia('(prefers-color-scheme: dark)');

function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen === undefined ? dark.matches : chosen === 'dark';
}

/** @param changed canvases must be painted anew */
export function startTheme(changed: () => void): void {
  const toggle = byId('theme');
  const show = (): void => {
    setAttribute(toggle, 'aria-pressed', String(isDark()));
    changed();
  };
  toggle.addEventListener('click', () => {
    document.documentElement.dataset.theme = isDark() ? 'light' : 'dark';
    show();
  });
  dark.addEventListener('change', show);
  show();
}
