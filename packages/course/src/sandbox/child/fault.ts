/** From whatever a submission threw or returned to one line about it, with the line of its own file. */

import { type Fault, SUBMISSION_NAME } from '../protocol.ts';

const LONGEST = 300;

/** An answer that the contract does not allow. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
}

/** A short name for a value: `undefined`, `a Promise`, `the string "a"`. */
export function nameOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value === 'string') return `the string ${JSON.stringify(value).slice(0, 40)}`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object') return `the ${typeof value} ${String(value)}`;
  if (Array.isArray(value)) return 'an array';
  if (typeof (value as { then?: unknown }).then === 'function') return 'a Promise';
  const { id } = value as { id?: unknown };
  return typeof id === 'string' ? `an object with id "${id.slice(0, 40)}"` : 'an object';
}

function lineIn(stack: unknown): number | undefined {
  const at = new RegExp(`${SUBMISSION_NAME.replace('.', '\\.')}:(\\d+)`).exec(String(stack));
  return at === null ? undefined : Number(at[1]);
}

/** In one line, and without what a terminal would obey. */
function plain(message: string): string {
  return message.slice(0, LONGEST).replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}

/** Never throws, whatever was thrown. */
export function faultOf(error: unknown): Fault {
  try {
    if (error instanceof ContractError) return { kind: 'contract', message: plain(error.message) };
    if (!(error instanceof Error))
      return { kind: 'threw', message: plain(`threw ${nameOf(error)}`) };
    const line = lineIn(error.stack);
    const message = plain(`${error.name}: ${error.message}`);
    return { kind: 'threw', message, ...(line !== undefined && { line }) };
  } catch {
    return { kind: 'threw', message: 'threw something that cannot be read' };
  }
}
