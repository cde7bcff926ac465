/**
 * Small mutations of a TypeScript file: one operator, condition, literal, block or call at a time, the set that
 * Stryker has. Types, imports and `export const` (what the proxy reads, not the checks) stay as they are.
 */

import { parseSync } from 'oxc-parser';

/** One mutation: what stands at an offset, and what takes its place. */
export interface Mutant {
  /** From 1. */
  readonly line: number;
  readonly from: string;
  readonly to: string;
  /** The whole file. */
  readonly text: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly to: string;
}

const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '&&': ['||'],
  '||': ['&&'],
  '??': ['&&'],
  '>>>': ['<<'],
  '+=': ['-='],
  '-=': ['+='],
  '*=': ['/='],
  '??=': ['&&='],
};

/** Methods that are left out of a chain of calls, or have a counterpart. */
const METHODS: Readonly<Record<string, string | undefined>> = {
  filter: '',
  slice: '',
  sort: '',
  toSorted: '',
  reverse: '',
  some: 'every',
  every: 'some',
  min: 'max',
  max: 'min',
};

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

const whole = ({ start, end }: Node, to: string): Edit => ({ start, end, to });

/** `a < b` with another operator. */
function operators(source: string, node: Node): Edit[] {
  const { left, right, operator } = node as unknown as {
    left: Node;
    right: Node;
    operator: string;
  };
  const start = source.indexOf(operator, left.end);
  if (start < 0 || start >= right.start) return [];
  return (OPERATORS[operator] ?? []).map((to) => ({ start, end: start + operator.length, to }));
}

function literal(node: Node): Edit[] {
  const { value } = node;
  if (typeof value === 'boolean') return [whole(node, String(!value))];
  if (typeof value === 'string') return [whole(node, value === '' ? "'mutant'" : "''")];
  return [];
}

function unary({ start, operator, argument }: Node): Edit[] {
  const { start: end } = argument as Node;
  if (operator === '!') return [{ start, end, to: '' }];
  return operator === '-' ? [{ start, end, to: '+' }] : [];
}

/** A call without its method, or with the opposite one. */
function methods(node: Node): Edit[] {
  const callee = node.callee as Node;
  if (callee.type !== 'MemberExpression') return [];
  const property = callee.property as Node;
  const name = String(property.name);
  const to = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  if (to === undefined) return [];
  return to === ''
    ? [{ start: (callee.object as Node).end, end: node.end, to: '' }]
    : [whole(property, to)];
}

function edits(source: string, node: Node): Edit[] {
  const test = isNode(node.test) ? node.test : undefined;
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression':
    case 'AssignmentExpression':
      return operators(source, node);
    case 'UpdateExpression': {
      const to = node.operator === '++' ? '--' : '++';
      const at = node.prefix === true ? node.start : node.end - 2;
      return [{ start: at, end: at + 2, to }];
    }
    case 'UnaryExpression':
      return unary(node);
    case 'Literal':
      return literal(node);
    case 'TemplateLiteral':
      return [whole(node, '``')];
    case 'IfStatement':
    case 'ConditionalExpression':
      return test === undefined ? [] : [whole(test, 'true'), whole(test, 'false')];
    case 'ForStatement':
    case 'WhileStatement':
      return test === undefined ? [] : [whole(test, 'false')];
    case 'BlockStatement':
    case 'FunctionBody':
      return (node.body as unknown[]).length === 0 ? [] : [whole(node, '{}')];
    case 'ArrowFunctionExpression':
      return node.expression === true ? [whole(node, '() => undefined')] : [];
    case 'ArrayExpression':
      return [whole(node, (node.elements as unknown[]).length === 0 ? "['mutant']" : '[]')];
    case 'ObjectExpression':
      return (node.properties as unknown[]).length === 0 ? [] : [whole(node, '{}')];
    case 'CallExpression':
      return methods(node);
    case 'MemberExpression':
      return node.optional === true
        ? [{ start: (node.object as Node).end, end: (node.object as Node).end + 2, to: '.' }]
        : [];
    default:
      return [];
  }
}

/** What no check can see. */
function isLeftOut({ type }: Node): boolean {
  return (
    type.startsWith('TSType') ||
    type === 'TSInterfaceDeclaration' ||
    type === 'ImportDeclaration' ||
    type === 'ExportNamedDeclaration'
  );
}

function* nodesOf(node: Node): Generator<Node> {
  if (isLeftOut(node)) return;
  yield node;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) yield* nodesOf(child);
    }
  }
}

/** All mutants of a file, in the order of the text. @throws {Error} if it is no TypeScript */
export function mutantsOf(source: string): Mutant[] {
  const { program, errors } = parseSync('exercise.ts', source);
  const [error] = errors;
  if (error !== undefined) throw new Error(error.message);
  return [...nodesOf(program as unknown as Node)]
    .flatMap((node) => edits(source, node))
    .sort((a, b) => a.start - b.start || a.end - b.end)
    .map(({ start, end, to }) => ({
      line: source.slice(0, start).split('\n').length,
      from: source.slice(start, end).replace(/\s+/g, ' '),
      to,
      text: source.slice(0, start) + to + source.slice(end),
    }));
}
