/**
 * The environment as a configuration. An empty variable is an unset one, as it is in compose files and
 * unit files; `NAME_FILE` names a file that holds the value, as secrets are mounted into containers.
 */

import type { Path, Variables } from '@evenkeel/config';
import { ConfigError } from './error.ts';
import type { Layer } from './layers.ts';
import { textOf } from './load.ts';
import { parseConfig } from './parse.ts';
import { given, isOff, numeric, splitList } from './text-values.ts';

const NAMES = ['PORT', 'HOST', 'BACKENDS', 'ADMIN', 'ADMIN_TOKEN'] as const;
type Name = (typeof NAMES)[number];

/** The variable that sets a key. */
const VARIABLES: Readonly<Record<string, Name>> = {
  'listen.port': 'PORT',
  'listen.host': 'HOST',
  'admin.listen': 'ADMIN',
  'admin.token': 'ADMIN_TOKEN',
  admin: 'ADMIN',
};

/** @throws {ConfigError} naming the variable */
export function environmentLayer(environment: Variables): Layer {
  const values: Partial<Record<Name, string>> = {};
  const files = new Set<Name>();
  for (const name of NAMES) {
    const value = environment[name] ?? '';
    const file = environment[`${name}_FILE`] ?? '';
    if (file !== '' && value !== '') {
      throw new ConfigError(`${name} must be left out where ${name}_FILE is set`);
    }
    if (file !== '') files.add(name);
    const text = file === '' ? value : contentOf(`${name}_FILE`, file);
    if (text !== '') values[name] = text;
  }
  const { PORT, HOST, BACKENDS, ADMIN, ADMIN_TOKEN } = values;
  const raw = given({
    listen: given({ port: numeric(PORT), host: HOST }),
    backends: BACKENDS === undefined ? undefined : splitList(BACKENDS).map((url) => ({ url })),
    admin: isOff(ADMIN) ? 'off' : given({ listen: ADMIN, token: ADMIN_TOKEN }),
  });
  const label = (path: Path): string => {
    const name = path[0] === 'backends' ? 'BACKENDS' : VARIABLES[path.slice(0, 2).join('.')];
    const called = name !== undefined && files.has(name) ? `${name}_FILE` : (name ?? 'environment');
    return name === 'BACKENDS' && path.length > 1 ? `${called}[${String(path[1])}]` : called;
  };
  return { config: parseConfig(raw ?? {}, label), label };
}

function contentOf(name: string, file: string): string {
  try {
    return textOf(file).trim();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(error.message.replace(/^config/, name));
  }
}
