/** Where the keys of a service stand in a configuration. */

import type { GroupFile, Path } from '@evenkeel/config';

/** Where the keys of one service stand: its own, and those that it shares. */
export interface ServicePlace {
  readonly own: Path;
  readonly group: GroupFile;
  readonly shared: GroupFile;
}

/** The path of a key of a service. */
export function placeOf({ own, group, shared }: ServicePlace, key: keyof GroupFile): Path {
  return group[key] === undefined && shared[key] !== undefined ? [key] : [...own, key];
}
