/**
 * The series colours in figures: contrast by WCAG 2, and distances as seen by the colour-blind,
 * simulated by the matrices of Machado, Oliveira and Fernandes (2009) and measured in OKLab.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { COLOURS } from '../src/model/slots.ts';

type Triple = readonly [number, number, number];

const CSS = readFileSync(new URL('../client/theme.css', import.meta.url), 'utf8');

const SIGHTS: Readonly<Record<string, readonly [Triple, Triple, Triple]>> = {
  full: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function colour(name: string, theme: 'light' | 'dark'): Triple {
  const found = CSS.match(new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`));
  const hex = found?.[theme === 'light' ? 1 : 2] ?? '';
  const channel = (i: number) => linear(Number.parseInt(hex.slice(i, i + 2), 16) / 255);
  return [channel(1), channel(3), channel(5)];
}

function linear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function contrast(x: Triple, y: Triple): number {
  const light = ([r, g, b]: Triple) => 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  return Math.max(light(x), light(y)) / Math.min(light(x), light(y));
}

function seen([r, g, b]: Triple, sight: readonly [Triple, Triple, Triple]): Triple {
  const row = ([x, y, z]: Triple) => Math.max(0, x * r + y * g + z * b);
  return [row(sight[0]), row(sight[1]), row(sight[2])];
}

function okLab([r, g, b]: Triple): Triple {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

describe.each(['light', 'dark'] as const)('the series colours in the %s theme', (theme) => {
  const colours = Array.from({ length: COLOURS }, (_, i) => colour(`c${i}`, theme));

  test('stand out from the page by 3:1', () => {
    for (const one of colours) {
      expect(contrast(one, colour('surface', theme))).toBeGreaterThanOrEqual(3);
    }
  });

  test.each(Object.keys(SIGHTS))('stay apart in the sight of %s', (sight) => {
    const matrix = SIGHTS[sight]!;
    const labs = colours.map((one) => okLab(seen(one, matrix)));
    const distances = labs.flatMap((x, i) =>
      labs.slice(i + 1).map((y) => Math.hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2])),
    );
    expect(Math.min(...distances)).toBeGreaterThan(0.07);
  });

  test.each(['text', 'muted', 'accent', 'pass', 'fail', 'unknown'])('%s reads at 4.5:1', (name) => {
    for (const ground of ['page', 'surface', 'sunken']) {
      expect(contrast(colour(name, theme), colour(ground, theme))).toBeGreaterThanOrEqual(4.5);
    }
  });
});
