/**
 * The reference of the scenario schema as a page, made from the schema itself, so that it cannot lag
 * behind.
 */

import { z } from 'zod';
import { faultSchema } from './fault-schema.ts';
import { fleetEntrySchema, scenarioSchema, serviceSchema } from './schema.ts';

/** What of JSON Schema the scenario schema uses. */
interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
}

function nodeOf(schema: z.ZodType): Node {
  return z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }) as Node;
}

function range({ minimum, exclusiveMinimum, maximum }: Node): string {
  const isLimit = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  if (exclusiveMinimum !== undefined) {
    return isLimit ? ` in (${exclusiveMinimum}, ${maximum}]` : ` > ${exclusiveMinimum}`;
  }
  if (minimum === undefined) return '';
  return isLimit ? ` ${minimum} … ${maximum}` : ` ≥ ${minimum}`;
}

function typeOf(node: Node): string {
  if (node.const !== undefined) return `\`${String(node.const)}\``;
  if (node.enum) return node.enum.map((word) => `\`${String(word)}\``).join(', ');
  const variants = node.anyOf ?? node.oneOf;
  if (variants) return [...new Set(variants.map(typeOf))].join(' or ');
  if (node.type === 'array') return `list of ${node.minItems ?? 0} … ${node.maxItems ?? '∞'}`;
  if (node.type === 'number' || node.type === 'integer') return `${node.type}${range(node)}`;
  if (node.type === 'string') return node.maxLength ? `text ≤ ${node.maxLength}` : 'text';
  return node.type ?? 'any';
}

function isRequired(node: Node, key: string): boolean {
  // A value with a default is always there once the file is read.
  return node.required?.includes(key) === true && node.properties?.[key]?.default === undefined;
}

/** A table of an object's keys; `skip` leaves out what a heading says already. */
function keyTable(node: Node, skip: readonly string[] = []): string {
  const rows = Object.entries(node.properties ?? {})
    .filter(([key]) => !skip.includes(key))
    .map(([key, value]) => {
      const standard = value.default === undefined ? '' : `\`${JSON.stringify(value.default)}\``;
      const presence = isRequired(node, key) ? '**required**' : standard;
      const type = typeOf(value).replaceAll('|', '\\|');
      return `| \`${key}\` | ${type} | ${presence} | ${value.description ?? ''} |`;
    });
  if (rows.length === 0) return '';
  return ['| key | value | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

/** One part for each variant of a union told apart by `key`. */
function variants(node: Node, key: string): string[] {
  return (node.oneOf ?? node.anyOf ?? []).map((variant) => {
    const tag = variant.properties?.[key];
    const head = `**\`${key}: ${String(tag?.const ?? tag?.enum?.join(' | '))}\`** ${tag?.description ?? ''}`;
    return [head, keyTable(variant, [key])].filter((part) => part !== '').join('\n\n');
  });
}

function property(node: Node, key: string): Node {
  return node.properties?.[key] ?? {};
}

const OVERLAP = [
  'A fault begins before the load ends. Faults may overlap, also at one backend and of one kind: each is in force',
  'from its own start to its own end, and of several of a kind that hit a request the newest acts. A backend',
  'is back when no `kill` or `restart` is in force any more, and stands still while a `freeze` is.',
];

/** The whole page. */
export function scenarioReference(): string {
  const scenario = nodeOf(scenarioSchema);
  const faultEntry = property(scenario, 'faults').items ?? {};
  const load = property(scenario, 'load');
  const [openLoad] = load.oneOf ?? load.anyOf ?? [];
  const parts = [
    '# Scenario files',
    'Made by `pnpm sim reference` from the schema; do not edit. A scenario is one YAML (or JSON) file, used by',
    '`pnpm sim`, `pnpm bench` and `pnpm chaos` alike. Times are milliseconds. Those of faults count from the end',
    'of the warm-up. Unknown keys are refused.',
    '## The file',
    keyTable(scenario),
    '## `fleet`: one entry',
    keyTable(nodeOf(fleetEntrySchema)),
    '## `service`: how long a request takes',
    ...variants(nodeOf(serviceSchema), 'distribution'),
    '## `load`: what is asked',
    ...variants(load, 'kind'),
    '### `keys`',
    keyTable(property(openLoad ?? {}, 'keys')),
    '## `faults`: one entry',
    OVERLAP.join('\n'),
    keyTable(faultEntry),
    '## `fault`: what can go wrong',
    ...variants(nodeOf(faultSchema), 'kind'),
    '## `actions`: one entry',
    'What an operator does: takes backends out, gives them back, or changes the load.',
    ...(property(scenario, 'actions').items?.anyOf ?? []).map((entry) => keyTable(entry)),
    '## `objectives`: what is expected',
    keyTable(property(scenario, 'objectives')),
    '## `sim`: what only the simulator does',
    keyTable(property(scenario, 'sim')),
  ];
  const intro = parts.slice(1, 4).join('\n');
  return `${[parts[0], intro, ...parts.slice(4)].join('\n\n')}\n`;
}
