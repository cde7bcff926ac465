/** The colours of the style sheet, for canvases; asked for again when the theme changes. */

const probe = document.createElement('i');
probe.hidden = true;

/** A custom property of the style sheet as the colour that it is in the present theme. */
export function colour(name: string, alpha = 1): string {
  if (!probe.isConnected) document.body.append(probe);
  probe.style.color = `color-mix(in srgb, var(--${name}) ${alpha * 100}%, transparent)`;
  return getComputedStyle(probe).color;
}
