/** From `--subjects evenkeel,nginx,cmd:mine:./lb {port},url:other:http://…,policy:own:panic=FILE` to subjects. */

import { SIMULATED } from '@evenkeel/report';
import { UsageError } from '../usage.ts';
import { evenkeel, evenkeelWith } from './evenkeel.ts';
import { haproxy } from './haproxy.ts';
import { nginx } from './nginx.ts';
import { commandSubject, direct, urlSubject } from './others.ts';
import type { Subject } from './subject.ts';

const BUILT_IN: readonly Subject[] = [evenkeel, nginx, haproxy, direct];

/** How the others are written. */
const FORMS = ['cmd:NAME:COMMAND', 'url:NAME:URL', 'policy:NAME:KIND=FILE'];

/** Built-in subjects by name. */
export function builtInNames(): string[] {
  return BUILT_IN.map(({ name }) => name);
}

/** Throws a `UsageError` for an empty list, an unknown name, a bad form or a name given twice. */
export function parseSubjects(list: string): Subject[] {
  const subjects = splitList(list).map(parseOne);
  if (subjects.length === 0) throw new UsageError('--subjects: expected at least one, got ""');
  const seen = new Set<string>([SIMULATED]);
  for (const { name } of subjects) {
    if (seen.has(name)) throw new UsageError(`--subjects: the name "${name}" is taken`);
    seen.add(name);
  }
  return subjects;
}

/** Commas separate subjects, but a command may hold some too: a new one begins with a known word. */
function splitList(list: string): string[] {
  const starts = new RegExp(
    `,(?=(?:(?:${builtInNames().join('|')})(?:,|$))|cmd:|url:|policy:|[\\w-]+$)`,
  );
  return list
    .split(starts)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function parseOne(item: string): Subject {
  const known = BUILT_IN.find(({ name }) => name === item);
  if (known !== undefined) return known;
  const match = /^(cmd|url|policy):([\w.-]+):(.+)$/s.exec(item);
  const [, form, name, rest] = match ?? [];
  if (form === undefined || name === undefined || rest === undefined) {
    const expected = [...builtInNames(), ...FORMS].join(', ');
    throw new UsageError(`--subjects: expected some of ${expected}, got "${item}"`);
  }
  if (form === 'policy') return evenkeelWith(name, rest);
  return form === 'cmd' ? commandSubject(name, rest) : urlSubject(name, rest);
}
