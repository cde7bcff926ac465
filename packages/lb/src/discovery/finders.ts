/** The finder for each kind of source, with what it needs of this machine. */

import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Clock } from '@evenkeel/core';
import type { DiscoveryConfig } from '../config/types.ts';
import { addressFinder, serviceFinder } from './dns/finders.ts';
import { Resolver } from './dns/resolver.ts';
import { fileFinder } from './file-finder.ts';
import type { Finder } from './finder.ts';

const IDS = 65_536;

/** Makes the finder of a source. */
export function finderFor({ target, mode, settings }: DiscoveryConfig, clock: Clock): Finder {
  if (target.kind === 'file') return fileFinder(target.path, mode, settings);
  const resolver = new Resolver({
    clock,
    server: target.server,
    resolvConf: () => textIfAny('/etc/resolv.conf'),
    hosts: () => textIfAny('/etc/hosts'),
    newId: () => randomInt(IDS),
  });
  return target.kind === 'srv'
    ? serviceFinder(target.name, resolver, mode, settings)
    : addressFinder(target.name, target.port, resolver, mode, settings);
}

/** Read anew for each question: both change while a container runs. */
function textIfAny(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
