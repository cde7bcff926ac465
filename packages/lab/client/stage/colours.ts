/** The colours of the style sheet, for canvases. Asking a browser is dear, so that each is asked for once per theme. */

const probe = document.createElement('i');
probe.hidden = true;
const known = new Map<string, string>();

/** A custom property of the style sheet as the colour that it is in the present theme. */
export function colour(name: string, alpha = 1): string {
  const key = `${name} ${alpha}`;
  let value = known.get(key);
  if (value === undefined) {
    if (!probe.isConnected) document.body.append(probe);
    probe.style.color = `color-mix(in srgb, var(--${name}) ${alpha * 100}%, transparent)`;
    value = getComputedStyle(probe).color;
    known.set(key, value);
  }
  return value;
}

/** The theme is another one. */
export function forgetColours(): void {
  known.clear();
}
